package io.mooring.xds.translate.listener;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.translate.authn.EffectiveMutualTls;
import java.util.List;

/**
 * All that inbound listeners and clusters are made of; equal inputs give equal resources.
 * Immutable.
 *
 * @param addressing how the proxy is reached
 * @param addresses IPs of the workload to listen on without capture, the primary one first; ignored
 *     with capture
 * @param targets what the workload serves, by ascending target port, then oldest service first
 * @param mutualTls what the workload accepts
 * @param trustDomain what a client's SPIFFE ID must belong to
 */
public record InboundListenerInput(
    ListenerAddressing addressing,
    List<String> addresses,
    List<ServiceTarget> targets,
    EffectiveMutualTls mutualTls,
    TrustDomain trustDomain) {

  public InboundListenerInput {
    requireNonNull(addressing, "addressing");
    addresses = addressing.isCaptured() ? List.of() : List.copyOf(addresses);
    targets = List.copyOf(targets);
    requireNonNull(mutualTls, "mutualTls");
    requireNonNull(trustDomain, "trustDomain");
  }
}
