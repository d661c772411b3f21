package io.mooring.xds.translate.grpc;

import io.mooring.xds.translate.cluster.ClusterInput;
import java.util.List;
import java.util.Optional;

/**
 * All that one cluster of a gRPC client is made of. Immutable.
 *
 * @param cluster what an Envoy gets
 * @param mutualTls whether all of its endpoints speak mTLS: one connection differs from another for
 *     Envoy alone
 * @param provider where the client's certificates come from; absent: it has none
 * @param reportsLoad whether the client is to report its load to where the cluster came from
 * @param resolved the names that the client resolves itself, the best one first; empty: it asks for
 *     endpoints
 */
public record ClientClusterInput(
    ClusterInput cluster,
    boolean mutualTls,
    Optional<String> provider,
    boolean reportsLoad,
    List<DnsTarget> resolved) {

  public ClientClusterInput {
    resolved = List.copyOf(resolved);
  }

  /** A name and a port. */
  public record DnsTarget(String name, int port) {}
}
