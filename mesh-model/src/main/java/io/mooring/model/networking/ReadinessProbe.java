package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

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

  /** Probes by an HTTP GET; 200..399 is healthy. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = HttpGet.Builder.class)
  interface HttpGet {

    /** Returns the path, {@code /} when empty. */
    @Value.Default
    default String path() {
      return "";
    }

    /** Returns the port, 1..65535. */
    @Value.Default
    default int port() {
      return 0;
    }

    /** Returns the host, the workload's own address when empty. */
    @Value.Default
    default String host() {
      return "";
    }

    /** Returns {@code HTTP} or {@code HTTPS}, {@code HTTP} when empty. */
    @Value.Default
    default String scheme() {
      return "";
    }

    /** Returns the headers to send. */
    List<Header> httpHeaders();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link HttpGet}. Not thread-safe. */
    final class Builder extends ImmutableHttpGet.Builder {
      Builder() {}
    }
  }

  /** One header of an HTTP probe. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Header.Builder.class)
  interface Header {

    /** Returns the name. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns the value. */
    @Value.Default
    default String value() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Header}. Not thread-safe. */
    final class Builder extends ImmutableHeader.Builder {
      Builder() {}
    }
  }

  /** Probes by opening a TCP connection. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = TcpSocket.Builder.class)
  interface TcpSocket {

    /** Returns the host, the workload's own address when empty. */
    @Value.Default
    default String host() {
      return "";
    }

    /** Returns the port, 1..65535. */
    @Value.Default
    default int port() {
      return 0;
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link TcpSocket}. Not thread-safe. */
    final class Builder extends ImmutableTcpSocket.Builder {
      Builder() {}
    }
  }

  /** Probes by running a command; exit code 0 is healthy. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Exec.Builder.class)
  interface Exec {

    /** Returns the program and its arguments. */
    List<String> command();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Exec}. Not thread-safe. */
    final class Builder extends ImmutableExec.Builder {
      Builder() {}
    }
  }

  /** Probes by the gRPC health service. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Grpc.Builder.class)
  interface Grpc {

    /** Returns the port, 1..65535. */
    @Value.Default
    default int port() {
      return 0;
    }

    /** Returns the service name, the server as a whole when empty. */
    @Value.Default
    default String service() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Grpc}. Not thread-safe. */
    final class Builder extends ImmutableGrpc.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ReadinessProbe}. Not thread-safe. */
  final class Builder extends ImmutableReadinessProbe.Builder {
    Builder() {}
  }
}
