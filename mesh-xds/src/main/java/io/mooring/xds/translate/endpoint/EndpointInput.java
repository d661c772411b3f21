package io.mooring.xds.translate.endpoint;

import io.mooring.service.MeshEndpoint;
import java.util.List;

/**
 * All that one load assignment is made of; equal inputs give equal assignments. Immutable.
 *
 * @param cluster the name of the cluster
 * @param targets where its traffic may go, in any order
 */
public record EndpointInput(String cluster, List<Target> targets) {

  public EndpointInput {
    targets = List.copyOf(targets);
  }

  /**
   * One endpoint as clients see it.
   *
   * @param endpoint the endpoint
   * @param mutualTls whether clients of the mesh are to speak mTLS to it: a DestinationRule says
   *     so, or none says anything of TLS, and it can, and its PeerAuthentication accepts it
   */
  public record Target(MeshEndpoint endpoint, boolean mutualTls) {}
}
