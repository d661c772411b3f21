package io.mooring.xds.translate.listener;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.translate.authn.EffectiveMutualTls;
import java.util.List;

/**
 * All that inbound listeners and clusters are made of; equal inputs give equal resources. Immutable.
 *
 * @param proxy the proxy that gets them
 * @param targets what the workload serves, by ascending target port, then oldest service first
 * @param mutualTls what the workload accepts
 * @param trustDomain what a client's SPIFFE ID must belong to
 */
public record InboundListenerInput(
    ListenerProxy proxy,
    List<ServiceTarget> targets,
    EffectiveMutualTls mutualTls,
    TrustDomain trustDomain) {

  public InboundListenerInput {
    requireNonNull(proxy, "proxy");
    targets = List.copyOf(targets);
    requireNonNull(mutualTls, "mutualTls");
    requireNonNull(trustDomain, "trustDomain");
  }
}
