package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * When an endpoint is left out for a while. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = OutlierDetection.Builder.class)
public interface OutlierDetection {

  /** Returns the deprecated form of {@link #consecutiveGatewayErrors()}. */
  OptionalInt consecutiveErrors();

  /** Returns whether failures to connect count apart from answers. */
  @Value.Default
  default boolean splitExternalLocalOriginErrors() {
    return false;
  }

  /** Returns after how many failures to connect; absent is 5. */
  OptionalLong consecutiveLocalOriginFailures();

  /** Returns after how many 502, 503 or 504; 0 or absent is never. */
  OptionalLong consecutiveGatewayErrors();

  /** Returns after how many 5xx; absent is 5, 0 is never. */
  OptionalLong consecutive5xxErrors();

  /** Returns the time between checks; absent is 10 s. */
  Optional<Duration> interval();

  /** Returns how long, times the number of ejections so far; absent is 30 s. */
  Optional<Duration> baseEjectionTime();

  /** Returns the share that may be left out, 0..100; absent is 10. */
  OptionalInt maxEjectionPercent();

  /** Returns the share of healthy ones below which none is left out, 0..100. */
  @Value.Default
  default int minHealthPercent() {
    return 0;
  }

  /** Returns the statuses, 100..599, that count as errors; none are 5xx. */
  List<Long> outlierDetectionHttpErrorCodes();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link OutlierDetection}. Not thread-safe. */
  final class Builder extends ImmutableOutlierDetection.Builder {
    Builder() {}
  }
}
