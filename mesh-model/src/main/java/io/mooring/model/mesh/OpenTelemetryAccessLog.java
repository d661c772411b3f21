package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * An OpenTelemetry collector of access logs. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider">ExtensionProvider</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = OpenTelemetryAccessLog.Builder.class)
public interface OpenTelemetryAccessLog {

  /** Returns the service, {@code [namespace/]host}; required. */
  @Value.Default
  default String service() {
    return "";
  }

  /** Returns the port; required. */
  @Value.Default
  default long port() {
    return 0;
  }

  /** Returns the name of the log. */
  @Value.Default
  default String logName() {
    return "";
  }

  /** Returns the format; absent is the proxy's. */
  Optional<AttributedLogFormat> logFormat();

  /** The format. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = AttributedLogFormat.Builder.class)
  interface AttributedLogFormat {

    /** Returns the body. */
    @Value.Default
    default String text() {
      return "";
    }

    /** Returns the attributes: text, numbers, booleans, lists and objects by name. */
    Map<String, Object> labels();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link AttributedLogFormat}. Not thread-safe. */
    final class Builder extends ImmutableAttributedLogFormat.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link OpenTelemetryAccessLog}. Not thread-safe. */
  final class Builder extends ImmutableOpenTelemetryAccessLog.Builder {
    Builder() {}
  }
}
