package io.mooring.xds.translate.route;

import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent.DenominatorType;
import io.mooring.model.networking.Percent;

/** Turns percentages into fractions of a million. */
final class Percentages {

  private static final double MILLIONTHS = 10_000;

  /** All requests. */
  static final Percent ALL = new Percent(100);

  private Percentages() {}

  static FractionalPercent of(Percent percent) {
    return FractionalPercent.newBuilder()
        .setNumerator((int) Math.round(percent.value() * MILLIONTHS))
        .setDenominator(DenominatorType.MILLION)
        .build();
  }

  static RuntimeFractionalPercent runtime(Percent percent) {
    return RuntimeFractionalPercent.newBuilder().setDefaultValue(of(percent)).build();
  }
}
