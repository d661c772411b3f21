package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * Limits of connections and requests to each endpoint. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ConnectionPoolSettings.Builder.class)
public interface ConnectionPoolSettings {

  /** Returns what holds for TCP and HTTP. */
  Optional<TcpSettings> tcp();

  /** Returns what holds for HTTP. */
  Optional<HttpSettings> http();

  /** Limits of connections. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = TcpSettings.Builder.class)
  interface TcpSettings {

    /** Returns how many at most. */
    OptionalInt maxConnections();

    /** Returns the timeout of connecting; absent is 10 s. */
    Optional<Duration> connectTimeout();

    /** Returns the TCP keep-alive. */
    Optional<TcpKeepalive> tcpKeepalive();

    /** Returns how long a connection may live. */
    Optional<Duration> maxConnectionDuration();

    /** Returns how long a connection may be idle; absent is 1 h, zero is for ever. */
    Optional<Duration> idleTimeout();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link TcpSettings}. Not thread-safe. */
    final class Builder extends ImmutableTcpSettings.Builder {
      Builder() {}
    }
  }

  /** TCP keep-alive; absent values are those of the operating system. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = TcpKeepalive.Builder.class)
  interface TcpKeepalive {

    /** Returns after how many unanswered probes a connection is dead. */
    OptionalLong probes();

    /** Returns the idle time before the first probe. */
    Optional<Duration> time();

    /** Returns the time between probes. */
    Optional<Duration> interval();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link TcpKeepalive}. Not thread-safe. */
    final class Builder extends ImmutableTcpKeepalive.Builder {
      Builder() {}
    }
  }

  /** Limits of requests. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = HttpSettings.Builder.class)
  interface HttpSettings {

    /** Returns how many may wait for a connection. */
    OptionalInt http1MaxPendingRequests();

    /** Returns how many may be active. */
    OptionalInt http2MaxRequests();

    /** Returns after how many a connection is closed; 0 is never. */
    OptionalInt maxRequestsPerConnection();

    /** Returns how many retries may be active. */
    OptionalInt maxRetries();

    /** Returns how long a connection may be without a request; absent is 1 h. */
    Optional<Duration> idleTimeout();

    /** Returns whether HTTP/1.1 goes on as HTTP/2. */
    @Value.Default
    default H2UpgradePolicy h2UpgradePolicy() {
      return H2UpgradePolicy.DEFAULT;
    }

    /** Returns whether the protocol of the client is kept. */
    @Value.Default
    default boolean useClientProtocol() {
      return false;
    }

    /** Returns how many streams a connection may have. */
    OptionalInt maxConcurrentStreams();

    /** Returns the pings of HTTP/2 connections; absent are none. */
    Optional<Http2KeepAlive> http2KeepAlive();

    /** Whether HTTP/1.1 goes on as HTTP/2. */
    enum H2UpgradePolicy {
      /** The mesh decides. */
      DEFAULT,
      /** It does not. */
      DO_NOT_UPGRADE,
      /** It does. */
      UPGRADE
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link HttpSettings}. Not thread-safe. */
    final class Builder extends ImmutableHttpSettings.Builder {
      Builder() {}
    }
  }

  /** Pings of HTTP/2 connections. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Http2KeepAlive.Builder.class)
  interface Http2KeepAlive {

    /** Returns the time between pings. */
    Optional<Duration> interval();

    /** Returns how long an answer may take until the connection is dead. */
    Optional<Duration> timeout();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Http2KeepAlive}. Not thread-safe. */
    final class Builder extends ImmutableHttp2KeepAlive.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ConnectionPoolSettings}. Not thread-safe. */
  final class Builder extends ImmutableConnectionPoolSettings.Builder {
    Builder() {}
  }
}
