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

  /** Returns how many names one request may carry; more end its stream RESOURCE_EXHAUSTED. */
  @Value.Default
  default int maxNamesPerRequest() {
    return 50_000;
  }

  /** Returns how many names a stream may have asked for in all; more end it RESOURCE_EXHAUSTED. */
  @Value.Default
  default int maxNamesPerStream() {
    return 100_000;
  }

  /**
   * Returns at which size a response is split, where the protocol allows it: the default maximum of
   * gRPC clients.
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

  /** Refuses limits that would let nothing through. */
  @Value.Check
  default void check() {
    requirePositive("maxStreams", maxStreams());
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
