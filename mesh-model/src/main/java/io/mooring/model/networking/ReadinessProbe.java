package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * How the agent on a VM probes the workload; exactly one method is set. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/workload-group/">WorkloadGroup</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ReadinessProbe.Builder.class)
public interface ReadinessProbe {

  /** Returns the seconds to wait before the first probe. */
  @Value.Default
  default int initialDelaySeconds() {
    return 0;
  }

  /** Returns the seconds after which a probe has failed. */
  @Value.Default
  default int timeoutSeconds() {
    return 1;
  }

  /** Returns the seconds between probes. */
  @Value.Default
  default int periodSeconds() {
    return 10;
  }

  /** Returns how many successes in a row make it healthy. */
  @Value.Default
  default int successThreshold() {
    return 1;
  }

  /** Returns how many failures in a row make it unhealthy. */
  @Value.Default
  default int failureThreshold() {
    return 3;
  }

  /** Returns the HTTP method, if it is that. */
  Optional<HttpGet> httpGet();

  /** Returns the TCP method, if it is that. */
  Optional<TcpSocket> tcpSocket();

  /** Returns the command method, if it is that. */
  Optional<Exec> exec();

  /** Returns the gRPC health method, if it is that. */
  Optional<Grpc> grpc();

  /**
   * Probes by an HTTP GET; 200..399 is healthy.
   *
   * @param path path, {@code /} when empty
   * @param port port, 1..65535
   * @param host host, the workload's own address when empty
   * @param scheme {@code HTTP} or {@code HTTPS}, {@code HTTP} when empty
   * @param httpHeaders headers to send
   */
  record HttpGet(
      @Nullable String path,
      int port,
      @Nullable String host,
      @Nullable String scheme,
      @Nullable List<Header> httpHeaders) {}

  /**
   * One header of an HTTP probe.
   *
   * @param name header name
   * @param value header value
   */
  record Header(@Nullable String name, @Nullable String value) {}

  /**
   * Probes by opening a TCP connection.
   *
   * @param host host, the workload's own address when empty
   * @param port port, 1..65535
   */
  record TcpSocket(@Nullable String host, int port) {}

  /**
   * Probes by running a command; exit code 0 is healthy.
   *
   * @param command program and arguments
   */
  record Exec(@Nullable List<String> command) {}

  /**
   * Probes by the gRPC health service.
   *
   * @param port port, 1..65535
   * @param service service name, the server as a whole when empty
   */
  record Grpc(int port, @Nullable String service) {}

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ReadinessProbe}. Not thread-safe. */
  final class Builder extends ImmutableReadinessProbe.Builder {
    Builder() {}
  }
}
