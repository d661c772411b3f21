package io.mooring.model.security;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * One rule of an {@link AuthorizationPolicy}: a source, an operation and all conditions match; an
 * empty rule matches every request. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/authorization-policy/">AuthorizationPolicy</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Rule.Builder.class)
@SuppressWarnings("immutables:from") // the copy method gives way to the attribute
public interface Rule {

  /** Returns the sources, of which one matches; none are every source. */
  List<From> from();

  /** Returns the operations, of which one matches; none are every operation. */
  List<To> to();

  /** Returns the conditions, which all match. */
  List<When> when();

  /** A source as YAML nests it. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = From.Builder.class)
  interface From {

    /** Returns the source; required. */
    Optional<Source> source();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link From}. Not thread-safe. */
    final class Builder extends ImmutableFrom.Builder {
      Builder() {}
    }
  }

  /** An operation as YAML nests it. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = To.Builder.class)
  interface To {

    /** Returns the operation; required. */
    Optional<Operation> operation();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link To}. Not thread-safe. */
    final class Builder extends ImmutableTo.Builder {
      Builder() {}
    }
  }

  /** A condition on an attribute. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = When.Builder.class)
  interface When {

    /** Returns the attribute, e.g. {@code request.headers[x-user]}; required. */
    @Value.Default
    default String key() {
      return "";
    }

    /** Returns the values, of which it has one. */
    List<String> values();

    /** Returns the values that it does not have. */
    List<String> notValues();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link When}. Not thread-safe. */
    final class Builder extends ImmutableWhen.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Rule}. Not thread-safe. */
  final class Builder extends ImmutableRule.Builder {
    Builder() {}
  }
}
