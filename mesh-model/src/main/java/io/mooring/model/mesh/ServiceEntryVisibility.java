package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
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
