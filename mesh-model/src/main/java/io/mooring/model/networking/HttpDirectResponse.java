package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Answers without asking a destination. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpDirectResponse.Builder.class)
public interface HttpDirectResponse {

  /** Returns the status, 200..599. */
  @Value.Default
  default int status() {
    return 0;
  }

  /** Returns the body; absent is empty. */
  Optional<Body> body();

  /** A body; at most one of the two is set. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Body.Builder.class)
  interface Body {

    /** Returns the body as text. */
    Optional<String> string();

    /** Returns the body in base64. */
    Optional<String> bytes();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Body}. Not thread-safe. */
    final class Builder extends ImmutableBody.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpDirectResponse}. Not thread-safe. */
  final class Builder extends ImmutableHttpDirectResponse.Builder {
    Builder() {}
  }
}
