package io.mooring.xds.server;

import io.mooring.model.MeshStyle;
import java.time.Duration;
import org.immutables.value.Value;

/** What clients may use up, and how long the server waits for them. Immutable. */
@Value.Immutable
@MeshStyle
public interface XdsLimits {

  /** The limits that hold unless others are given. */
  XdsLimits DEFAULTS = builder().build();

  /** Returns how many streams are open at once; one more is refused RESOURCE_EXHAUSTED. */
  @Value.Default
  default int maxStreams() {
    return 10_000;
  }

  /**
   * Returns how many of them one peer may have: an identity that TLS proved, else an address; one
   * more is refused RESOURCE_EXHAUSTED. The default leaves room for others and keeps out no fleet
   * that shares an identity or is behind one address; where each machine has its own, 100 are
   * plenty.
   */
  @Value.Default
  default int maxStreamsPerPeer() {
    return Math.min(maxStreams(), 5_000);
  }

  /**
   * Returns how many streams may be opened in a second, and at once after a quiet second; one more
   * is refused RESOURCE_EXHAUSTED.
   */
  @Value.Default
  default int maxStreamsPerSecond() {
    return 5_000;
  }

  /**
   * Returns how many streams may wait for their first answer; with as many, a new one is refused
   * UNAVAILABLE, so that it tries another replica instead of waiting too.
   */
  @Value.Default
  default int maxStartingStreams() {
    return 5_000;
  }

  /**
   * Returns how long a stream may be open without a request before it is closed DEADLINE_EXCEEDED;
   * clients open one to ask for something at once.
   */
  @Value.Default
  default Duration firstRequestTimeout() {
    return Duration.ofSeconds(15);
  }

  /** Returns how many names one request may carry; more end its stream RESOURCE_EXHAUSTED. */
  @Value.Default
  default int maxNamesPerRequest() {
    return 50_000;
  }

  /**
   * Returns how many names a stream may have asked for in all, or say that it has while nothing is
   * known of them; more end it RESOURCE_EXHAUSTED.
   */
  @Value.Default
  default int maxNamesPerStream() {
    return 100_000;
  }

  /**
   * Returns at which size a response is split, where the protocol allows it: the default maximum of
   * gRPC clients. Envoy takes larger ones; the stream of a proxyless gRPC client that would need
   * one (listeners and clusters cannot be split) is ended RESOURCE_EXHAUSTED.
   */
  @Value.Default
  default int maxResponseBytes() {
    return 4 * 1024 * 1024 - 16 * 1024; // room for what surrounds the resources
  }

  /** Returns how long a client may leave its stream unread before it is closed. */
  @Value.Default
  default Duration unreadTimeout() {
    return Duration.ofSeconds(30);
  }

  /**
   * Returns how long a step that must come later (routes after their clusters, removals after
   * routes) waits for the acknowledgement of the earlier one.
   */
  @Value.Default
  default Duration acknowledgementWait() {
    return Duration.ofSeconds(5);
  }

  /** Returns the size of the largest request; the transport resets the stream of a larger one. */
  @Value.Default
  default int maxRequestBytes() {
    return 4 * 1024 * 1024;
  }

  /** Returns after what silence a connection is probed. */
  @Value.Default
  default Duration keepAliveTime() {
    return Duration.ofSeconds(30);
  }

  /** Returns how long a probed connection has to answer before it is closed. */
  @Value.Default
  default Duration keepAliveTimeout() {
    return Duration.ofSeconds(10);
  }

  /**
   * Returns how often clients may probe; the connection of one that does so more often is closed.
   */
  @Value.Default
  default Duration permittedKeepAliveTime() {
    return Duration.ofSeconds(5);
  }

  /** Refuses limits that would let nothing through. */
  @Value.Check
  default void check() {
    requirePositive("maxStreams", maxStreams());
    requirePositive("maxStreamsPerPeer", maxStreamsPerPeer());
    requirePositive("firstRequestTimeout", firstRequestTimeout().toNanos());
    requirePositive("maxStreamsPerSecond", maxStreamsPerSecond());
    requirePositive("maxStartingStreams", maxStartingStreams());
    requirePositive("maxRequestBytes", maxRequestBytes());
    requirePositive("keepAliveTime", keepAliveTime().toNanos());
    requirePositive("keepAliveTimeout", keepAliveTimeout().toNanos());
    requirePositive("permittedKeepAliveTime", permittedKeepAliveTime().toNanos());
    requirePositive("maxNamesPerRequest", maxNamesPerRequest());
    requirePositive("maxNamesPerStream", maxNamesPerStream());
    requirePositive("maxResponseBytes", maxResponseBytes());
    requirePositive("unreadTimeout", unreadTimeout().toNanos());
    if (acknowledgementWait().isNegative()) {
      throw new IllegalArgumentException(
          "acknowledgementWait: " + acknowledgementWait() + " (expected: >= 0)");
    }
  }

  private static void requirePositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link XdsLimits}. Not thread-safe. */
  final class Builder extends ImmutableXdsLimits.Builder {
    Builder() {}
  }
}
