package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * How far ServiceEntries are seen at most. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServiceEntryVisibility.Builder.class)
public interface ServiceEntryVisibility {

  /** Returns what holds where no policy does. */
  @Value.Default
  default Visibility defaultVisibility() {
    return Visibility.VISIBILITY_UNSPECIFIED;
  }

  /** Returns whether proxies beside workloads heed this, or those of nodes alone. */
  @Value.Default
  default boolean applyToSidecars() {
    return false;
  }

  /** Returns the policies, of which the first that matches counts. */
  List<Policy> policies();

  /** Returns how far the entries of a namespace with these labels are seen at most. */
  default Visibility of(Map<String, String> namespaceLabels) {
    return policies().stream()
        .filter(policy -> policy.matches(namespaceLabels))
        .findFirst()
        .map(Policy::visibility)
        .orElse(defaultVisibility());
  }

  /** How far an entry is seen. */
  enum Visibility {
    /** As {@link #PUBLIC}. */
    VISIBILITY_UNSPECIFIED,
    /** Nowhere. */
    NONE,
    /** In its own namespace. */
    NAMESPACE,
    /** Everywhere. */
    PUBLIC
  }

  /** How far the entries of some namespaces are seen. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Policy.Builder.class)
  interface Policy {

    /** Returns how far they are seen. */
    @Value.Default
    default Visibility visibility() {
      return Visibility.VISIBILITY_UNSPECIFIED;
    }

    /** Returns the rules, which all match; none match every entry. */
    List<MatchRule> matchingRules();

    /** Returns whether the entries of a namespace with these labels are among them. */
    default boolean matches(Map<String, String> namespaceLabels) {
      return matchingRules().stream()
          .allMatch(
              rule ->
                  rule.namespaceSelector().filter(it -> it.matches(namespaceLabels)).isPresent());
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Policy}. Not thread-safe. */
    final class Builder extends ImmutablePolicy.Builder {
      Builder() {}
    }
  }

  /** What an entry is like. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = MatchRule.Builder.class)
  interface MatchRule {

    /** Returns what the labels of its namespace are like; absent matches none. */
    Optional<NamespaceSelector> namespaceSelector();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link MatchRule}. Not thread-safe. */
    final class Builder extends ImmutableMatchRule.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceEntryVisibility}. Not thread-safe. */
  final class Builder extends ImmutableServiceEntryVisibility.Builder {
    Builder() {}
  }
}
