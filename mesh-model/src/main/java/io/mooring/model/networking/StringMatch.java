package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * How text must look; at most one of the three is set, and none matches whatever is present.
 * Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = StringMatch.Builder.class)
public interface StringMatch {

  /** Returns the text that it equals. */
  Optional<String> exact();

  /** Returns the text that it begins with. */
  Optional<String> prefix();

  /** Returns the RE2 expression that matches all of it. */
  Optional<String> regex();

  /** Returns the match of exactly {@code text}. */
  static StringMatch exact(String text) {
    return builder().exact(text).build();
  }

  /** Returns the match of whatever begins with {@code text}. */
  static StringMatch prefix(String text) {
    return builder().prefix(text).build();
  }

  /** Returns the match of whatever the RE2 expression {@code text} matches as a whole. */
  static StringMatch regex(String text) {
    return builder().regex(text).build();
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link StringMatch}. Not thread-safe. */
  final class Builder extends ImmutableStringMatch.Builder {
    Builder() {}
  }
}
