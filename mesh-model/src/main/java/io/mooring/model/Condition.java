package io.mooring.model;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * One aspect of the state of an object, e.g. {@code Healthy}. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/meta/v1beta1/istio-status/">IstioStatus</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Condition.Builder.class)
public interface Condition {

  /** Returns the aspect; unique within a status. */
  @Value.Default
  default String type() {
    return "";
  }

  /** Returns {@code True}, {@code False} or {@code Unknown}. */
  @Value.Default
  default String status() {
    return "";
  }

  /** Returns when the aspect was last looked at. */
  Optional<Instant> lastProbeTime();

  /** Returns when {@link #status()} last changed. */
  Optional<Instant> lastTransitionTime();

  /** Returns the reason as one word. */
  @Value.Default
  default String reason() {
    return "";
  }

  /** Returns the reason for people. */
  @Value.Default
  default String message() {
    return "";
  }

  /** Returns the generation that was looked at. */
  OptionalLong observedGeneration();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Condition}. Not thread-safe. */
  final class Builder extends ImmutableCondition.Builder {
    Builder() {}
  }
}
