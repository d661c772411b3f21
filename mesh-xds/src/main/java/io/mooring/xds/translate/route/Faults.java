package io.mooring.xds.translate.route;

import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.grpc.Status;
import io.mooring.model.networking.HttpFaultInjection;
import io.mooring.model.networking.Percent;
import java.util.Optional;

/** Translates the faults that a rule injects. */
final class Faults {

  /** Name of the filter that takes the configuration. */
  static final String FILTER = "envoy.filters.http.fault";

  private Faults() {}

  /** Returns the configuration of the fault filter for one route. */
  static HTTPFault of(HttpFaultInjection fault) {
    HTTPFault.Builder http = HTTPFault.newBuilder();
    fault.delay().flatMap(Faults::delay).ifPresent(http::setDelay);
    fault.abort().flatMap(Faults::abort).ifPresent(http::setAbort);
    return http.build();
  }

  private static Optional<FaultDelay> delay(HttpFaultInjection.Delay delay) {
    return delay
        .fixedDelay()
        .map(
            fixed -> {
              FaultDelay.Builder built =
                  FaultDelay.newBuilder().setFixedDelay(Durations.proto(fixed));
              delay
                  .percentage()
                  .or(() -> percent(delay))
                  .ifPresent(percent -> built.setPercentage(Percentages.of(percent)));
              return built.build();
            });
  }

  private static Optional<Percent> percent(HttpFaultInjection.Delay delay) {
    return delay.percent().isPresent()
        ? Optional.of(new Percent(delay.percent().getAsInt()))
        : Optional.empty();
  }

  private static Optional<FaultAbort> abort(HttpFaultInjection.Abort abort) {
    FaultAbort.Builder built = FaultAbort.newBuilder();
    if (abort.httpStatus().isPresent()) {
      built.setHttpStatus(abort.httpStatus().getAsInt());
    } else if (abort.grpcStatus().isPresent()) {
      grpcCode(abort.grpcStatus().get()).ifPresent(built::setGrpcStatus);
    }
    abort.percentage().ifPresent(percent -> built.setPercentage(Percentages.of(percent)));
    return built.getErrorTypeCase() == FaultAbort.ErrorTypeCase.ERRORTYPE_NOT_SET
        ? Optional.empty()
        : Optional.of(built.build());
  }

  private static Optional<Integer> grpcCode(String name) {
    for (Status.Code code : Status.Code.values()) {
      if (code.name().equals(name) || Integer.toString(code.value()).equals(name)) {
        return Optional.of(code.value());
      }
    }
    return Optional.empty();
  }
}
