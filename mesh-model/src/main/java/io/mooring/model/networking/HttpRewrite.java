package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Changes path or authority before a request goes on. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpRewrite.Builder.class)
public interface HttpRewrite {

  /** Returns what replaces the path, or the matched prefix of it; empty keeps it. */
  @Value.Default
  default String uri() {
    return "";
  }

  /** Returns the new authority; empty keeps it. */
  @Value.Default
  default String authority() {
    return "";
  }

  /** Returns the rewrite by expression; excludes {@link #uri()}. */
  Optional<RegexRewrite> uriRegexRewrite();

  /** Replaces what an expression finds in the path. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = RegexRewrite.Builder.class)
  interface RegexRewrite {

    /** Returns the RE2 expression. */
    @Value.Default
    default String match() {
      return "";
    }

    /** Returns the replacement; {@code \\1} is the first group. */
    @Value.Default
    default String rewrite() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link RegexRewrite}. Not thread-safe. */
    final class Builder extends ImmutableRegexRewrite.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpRewrite}. Not thread-safe. */
  final class Builder extends ImmutableHttpRewrite.Builder {
    Builder() {}
  }
}
