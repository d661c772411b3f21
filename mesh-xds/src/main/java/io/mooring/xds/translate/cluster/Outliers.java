package io.mooring.xds.translate.cluster;

import static io.mooring.xds.translate.cluster.Durations.proto;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.OptionalLong;

/** Translates the outlier detection of a traffic policy. */
final class Outliers {

  private static final UInt32Value ALWAYS = UInt32Value.of(100);
  private static final UInt32Value NEVER = UInt32Value.of(0);

  private Outliers() {}

  static void set(Cluster.Builder cluster, io.mooring.model.networking.OutlierDetection policy) {
    // Envoy ejects by success rate unless it is told not to; Istio's API has no word for that.
    OutlierDetection.Builder detection =
        OutlierDetection.newBuilder()
            .setEnforcingSuccessRate(NEVER)
            .setSplitExternalLocalOriginErrors(policy.splitExternalLocalOriginErrors());
    policy.interval().ifPresent(interval -> detection.setInterval(proto(interval)));
    policy.baseEjectionTime().ifPresent(time -> detection.setBaseEjectionTime(proto(time)));
    policy
        .consecutive5xxErrors()
        .ifPresent(
            errors ->
                detection
                    .setConsecutive5Xx(UInt32Value.of((int) errors))
                    .setEnforcingConsecutive5Xx(errors > 0 ? ALWAYS : NEVER));
    gatewayErrors(policy)
        .ifPresent(
            errors ->
                detection
                    .setConsecutiveGatewayFailure(UInt32Value.of((int) errors))
                    .setEnforcingConsecutiveGatewayFailure(errors > 0 ? ALWAYS : NEVER));
    if (policy.splitExternalLocalOriginErrors()) {
      policy
          .consecutiveLocalOriginFailures()
          .ifPresent(
              failures ->
                  detection
                      .setConsecutiveLocalOriginFailure(UInt32Value.of((int) failures))
                      .setEnforcingConsecutiveLocalOriginFailure(failures > 0 ? ALWAYS : NEVER)
                      .setEnforcingLocalOriginSuccessRate(NEVER));
    }
    policy
        .maxEjectionPercent()
        .ifPresent(percent -> detection.setMaxEjectionPercent(UInt32Value.of(percent)));
    cluster.setOutlierDetection(detection);
    // Zero switches panic mode off: ejected endpoints get no traffic even if all are ejected.
    cluster
        .getCommonLbConfigBuilder()
        .setHealthyPanicThreshold(Percent.newBuilder().setValue(policy.minHealthPercent()));
  }

  private static OptionalLong gatewayErrors(io.mooring.model.networking.OutlierDetection policy) {
    if (policy.consecutiveGatewayErrors().isPresent() || policy.consecutiveErrors().isEmpty()) {
      return policy.consecutiveGatewayErrors();
    }
    return OptionalLong.of(policy.consecutiveErrors().getAsInt());
  }
}
