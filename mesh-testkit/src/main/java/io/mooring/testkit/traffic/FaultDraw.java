package io.mooring.testkit.traffic;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * What fault injection does to one request. Immutable.
 *
 * @param delay zero for none
 * @param abortStatus HTTP status of the abort, if there is one
 */
record FaultDraw(Duration delay, OptionalInt abortStatus) {

  static final String FILTER = "envoy.filters.http.fault";
  static final FaultDraw NONE = new FaultDraw(Duration.ZERO, OptionalInt.empty());

  /**
   * Draws for the most specific configuration.
   *
   * @param perFilterConfigs {@code typed_per_filter_config} of the places that may have one, the
   *     most specific first
   */
  static FaultDraw draw(
      Iterable<Map<String, Any>> perFilterConfigs, TrafficRequest request, RandomGenerator random) {
    for (Map<String, Any> perFilterConfig : perFilterConfigs) {
      Any config = perFilterConfig.get(FILTER);
      if (config != null) {
        return draw(XdsView.unpack(config, HTTPFault.class), request, random);
      }
    }
    return NONE;
  }

  private static FaultDraw draw(HTTPFault fault, TrafficRequest request, RandomGenerator random) {
    if (!fault.getHeadersList().stream().allMatch(header -> Matchers.matches(header, request))) {
      return NONE;
    }
    if (fault.getDelay().hasHeaderDelay() || fault.hasResponseRateLimit()) {
      throw new UnsupportedConfigurationException(FILTER, "header_delay or response_rate_limit");
    }
    Duration delay =
        fault.hasDelay() && hits(fault.getDelay().getPercentage(), random)
            ? TrafficSimulation.duration(fault.getDelay().getFixedDelay())
            : Duration.ZERO;
    OptionalInt abort =
        fault.hasAbort() && hits(fault.getAbort().getPercentage(), random)
            ? OptionalInt.of(status(fault.getAbort()))
            : OptionalInt.empty();
    return new FaultDraw(delay, abort);
  }

  private static int status(FaultAbort abort) {
    if (abort.getErrorTypeCase() != FaultAbort.ErrorTypeCase.HTTP_STATUS) {
      throw new UnsupportedConfigurationException(FILTER, abort.getErrorTypeCase().name());
    }
    return abort.getHttpStatus();
  }

  private static boolean hits(FractionalPercent percent, RandomGenerator random) {
    int denominator =
        switch (percent.getDenominator()) {
          case HUNDRED -> 100;
          case TEN_THOUSAND -> 10_000;
          case MILLION -> 1_000_000;
          case UNRECOGNIZED ->
              throw new UnsupportedConfigurationException(FILTER, "an unknown denominator");
        };
    return random.nextInt(denominator) < percent.getNumerator();
  }
}
