package io.mooring.xds.translate.cluster;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.TrafficPolicy;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.translate.endpoint.EndpointInput;
import java.util.List;
import java.util.Optional;

/**
 * All that one outbound cluster is made of; equal inputs give equal clusters. Immutable.
 *
 * @param service the service
 * @param port one of its ports
 * @param subset name of the subset, {@code ""} for the whole service
 * @param policy what DestinationRules say of this port and subset
 * @param policySource the oldest of these rules, absent where there is none
 * @param trustDomain what a peer must belong to where none of its names is known
 * @param peerNames sorted subject alternative names that its endpoints have
 * @param mutualTls whether and how its endpoints speak mTLS where no rule says so
 * @param addresses the endpoints of this port and subset where the cluster itself holds them (DNS);
 *     else empty, so that endpoints come and go without a new cluster
 */
public record ClusterInput(
    MeshService service,
    MeshPort port,
    String subset,
    TrafficPolicy policy,
    Optional<ConfigKey> policySource,
    TrustDomain trustDomain,
    List<String> peerNames,
    MutualTls mutualTls,
    List<EndpointInput.Target> addresses) {

  /** Whether the endpoints of a cluster speak mTLS, as far as it is known. */
  public enum MutualTls {
    /** None does, or the service is outside the mesh. */
    NEVER,
    /** Each says for itself, by its metadata. */
    BY_ENDPOINT,
    /** All do. */
    ALWAYS
  }

  public ClusterInput {
    peerNames = List.copyOf(peerNames);
    addresses = List.copyOf(addresses);
  }

  /** Returns the name of the cluster. */
  public String name() {
    return ClusterName.outbound(port.number(), subset, service.host());
  }

  /** Returns whether the proxy asks for the endpoints apart from the cluster, by EDS. */
  public boolean hasSeparateEndpoints() {
    return service.resolution() == Resolution.STATIC
        && !LoadBalancers.isPassthrough(policy.loadBalancer());
  }
}
