package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * Faults to inject, for testing the clients. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpFaultInjection.Builder.class)
public interface HttpFaultInjection {

  /** Returns the delay. */
  Optional<Delay> delay();

  /** Returns the error; after the delay where both are set. */
  Optional<Abort> abort();

  /** Waits before the request goes on. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Delay.Builder.class)
  interface Delay {

    /** Returns how long. */
    Optional<Duration> fixedDelay();

    /** Returns the mean; no proxy implements it. */
    Optional<Duration> exponentialDelay();

    /** Returns the deprecated form of {@link #percentage()}. */
    OptionalInt percent();

    /** Returns the share of requests; absent is all. */
    Optional<Percent> percentage();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Delay}. Not thread-safe. */
    final class Builder extends ImmutableDelay.Builder {
      Builder() {}
    }
  }

  /** Answers with an error instead of asking the destination. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Abort.Builder.class)
  interface Abort {

    /** Returns the HTTP status, 200..599. */
    OptionalInt httpStatus();

    /** Returns the gRPC status by name, e.g. {@code UNAVAILABLE}. */
    Optional<String> grpcStatus();

    /** Returns the HTTP/2 error; no proxy implements it. */
    Optional<String> http2Error();

    /** Returns the share of requests; absent is all. */
    Optional<Percent> percentage();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Abort}. Not thread-safe. */
    final class Builder extends ImmutableAbort.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpFaultInjection}. Not thread-safe. */
  final class Builder extends ImmutableHttpFaultInjection.Builder {
    Builder() {}
  }
}
