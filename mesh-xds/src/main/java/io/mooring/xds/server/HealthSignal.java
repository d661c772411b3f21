package io.mooring.xds.server;

import static java.util.Objects.requireNonNull;

import com.google.rpc.Status;
import io.mooring.xds.resource.XdsType;

/**
 * What a VM's agent says of its workload on a discovery stream: a request of type {@code
 * istio.v1.HealthInformation}, unhealthy with an error. Immutable.
 *
 * @param number of the report, in decimal: the request's version, in delta, which has none, its
 *     response nonce; empty from Istio's agent, which does not number and expects no answer
 * @param healthy whether the request has no error
 * @param message the error's
 */
public record HealthSignal(String number, boolean healthy, String message) {

  static final XdsType TYPE = new XdsType("type.googleapis.com/istio.v1.HealthInformation");

  public HealthSignal {
    requireNonNull(number, "number");
    requireNonNull(message, "message");
  }

  static HealthSignal of(String number, boolean hasError, Status error) {
    return new HealthSignal(number, !hasError, error.getMessage());
  }
}
