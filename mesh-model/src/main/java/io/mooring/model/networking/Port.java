package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * A port that a proxy listens on. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/gateway/">Gateway</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Port.Builder.class)
public interface Port {

  /** Returns the number, 0..65535. */
  @Value.Default
  default int number() {
    return 0;
  }

  /** Returns the application protocol, e.g. {@code HTTP}. */
  @Value.Default
  default String protocol() {
    return "";
  }

  /** Returns the name. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns the deprecated port to forward to, which nothing reads. */
  OptionalLong targetPort();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Port}. Not thread-safe. */
  final class Builder extends ImmutablePort.Builder {
    Builder() {}
  }
}
