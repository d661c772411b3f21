package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import org.immutables.value.Value;

/**
 * A service of access logs. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider">ExtensionProvider</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = AccessLogService.Builder.class)
public interface AccessLogService {

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

  /** Returns the filter state objects to log. */
  List<String> filterStateObjectsToLog();

  /** Returns the request headers to log. */
  List<String> additionalRequestHeadersToLog();

  /** Returns the response headers to log. */
  List<String> additionalResponseHeadersToLog();

  /** Returns the response trailers to log. */
  List<String> additionalResponseTrailersToLog();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link AccessLogService}. Not thread-safe. */
  final class Builder extends ImmutableAccessLogService.Builder {
    Builder() {}
  }
}
