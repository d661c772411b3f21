package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * The bounds of connections and requests of a proxy. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig">ProxyConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ConnectionSettings.Builder.class)
public interface ConnectionSettings {

  /** Returns which values hold where this says nothing. */
  @Value.Default
  default Profile profile() {
    return Profile.SIDECAR;
  }

  /** Returns how much of an inbound connection is buffered, roughly. */
  OptionalInt listenerPerConnectionBufferLimitBytes();

  /** Returns how much of an outbound connection is buffered, roughly. */
  OptionalInt clusterPerConnectionBufferLimitBytes();

  /** Returns how long a connection lives without a request. */
  Optional<Duration> httpIdleTimeout();

  /** Returns how long a connection lives at most. */
  Optional<Duration> httpMaxConnectionDuration();

  /** Returns the time between the two announcements of the end of a connection. */
  Optional<Duration> httpDrainTimeout();

  /** Returns how long a request may take to arrive as a whole. */
  Optional<Duration> httpRequestTimeout();

  /** Returns how long the headers of a request may take to arrive. */
  Optional<Duration> httpRequestHeadersTimeout();

  /** Returns how long a request lives without any data. */
  Optional<Duration> httpStreamIdleTimeout();

  /** Returns how long a request lives at most. */
  Optional<Duration> httpMaxStreamDuration();

  /** Returns how many requests one HTTP/2 connection has at once, 1 or more. */
  OptionalInt httpMaxConcurrentStreams();

  /** Returns the first window of a request, 65535 or more. */
  OptionalInt http2InitialStreamWindowSize();

  /** Returns the first window of a connection, 65535 or more. */
  OptionalInt http2InitialConnectionWindowSize();

  /** Returns what becomes of headers whose name has an underscore. */
  @Value.Default
  default HeadersWithUnderscoresAction httpHeadersWithUnderscoresAction() {
    return HeadersWithUnderscoresAction.HEADERS_WITH_UNDERSCORES_UNSPECIFIED;
  }

  /** Returns whether slashes side by side become one. */
  Optional<Boolean> httpMergeSlashes();

  /** Returns what becomes of paths with escaped slashes. */
  @Value.Default
  default PathWithEscapedSlashesAction httpPathWithEscapedSlashesAction() {
    return PathWithEscapedSlashesAction.PATH_WITH_ESCAPED_SLASHES_UNSPECIFIED;
  }

  /** Returns how many connections one listener takes at once, 1 or more. */
  OptionalInt listenerConnectionLimit();

  /** Returns how many connections the proxy takes at once, 1 or more. */
  OptionalInt globalDownstreamConnectionLimit();

  /** Which values hold by default. */
  enum Profile {
    /** Those of Envoy. */
    SIDECAR,
    /** Those that Envoy recommends at the edge of a network. */
    EDGE
  }

  /** What becomes of headers whose name has an underscore. */
  enum HeadersWithUnderscoresAction {
    /** As the profile has it. */
    HEADERS_WITH_UNDERSCORES_UNSPECIFIED,
    /** They go through. */
    HEADERS_WITH_UNDERSCORES_ALLOW,
    /** The request is refused. */
    HEADERS_WITH_UNDERSCORES_REJECT_REQUEST,
    /** They are left out. */
    HEADERS_WITH_UNDERSCORES_DROP_HEADER
  }

  /** What becomes of paths with escaped slashes. */
  enum PathWithEscapedSlashesAction {
    /** As the profile has it. */
    PATH_WITH_ESCAPED_SLASHES_UNSPECIFIED,
    /** They stay. */
    KEEP_UNCHANGED,
    /** The request is refused. */
    REJECT_REQUEST,
    /** The client is sent to the path without. */
    UNESCAPE_AND_REDIRECT,
    /** The workload gets the path without. */
    UNESCAPE_AND_FORWARD
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ConnectionSettings}. Not thread-safe. */
  final class Builder extends ImmutableConnectionSettings.Builder {
    Builder() {}
  }
}
