package io.mooring.xds.translate.cluster;

import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.translate.endpoint.EndpointInput;
import java.util.List;

/**
 * All that one outbound cluster is made of; equal inputs give equal clusters. Immutable.
 *
 * @param service the service
 * @param port one of its ports
 * @param subset name of the subset, {@code ""} for the whole service
 * @param trustDomain what a peer must belong to where none of its names is known
 * @param peerNames sorted subject alternative names that its endpoints have
 * @param mutualTls whether and how its endpoints speak mTLS
 * @param addresses the endpoints of this port and subset where the cluster itself holds them (DNS);
 *     else empty, so that endpoints come and go without a new cluster
 */
public record ClusterInput(
    MeshService service,
    MeshPort port,
    String subset,
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
}
