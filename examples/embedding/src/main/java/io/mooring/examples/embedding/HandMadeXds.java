package io.mooring.examples.embedding;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.XdsServer;
import java.io.IOException;

/** Serves xDS resources that the program makes itself, on a gRPC server of its own: no registry. */
final class HandMadeXds implements AutoCloseable {

  private final SnapshotResources resources = new SnapshotResources(ProxyNode::cluster);
  private final XdsServer xds = XdsServer.builder(resources).build();
  private final Server server;

  /**
   * Starts to serve.
   *
   * @param builder where to; proxies of one {@code node.cluster} get the same
   */
  HandMadeXds(ServerBuilder<?> builder) throws IOException {
    xds.bindTo(builder);
    server = builder.build().start();
  }

  /** Sets what the proxies of {@code group} have: these clusters and nothing else. */
  void setClusters(String group, Cluster... clusters) {
    ResourceSet set = ResourceSet.empty();
    for (Cluster cluster : clusters) {
      set = set.with(XdsType.CLUSTER, VersionedResource.of(cluster.getName(), cluster));
    }
    resources.set(group, set);
  }

  @Override
  public void close() {
    server.shutdownNow();
    xds.close();
  }
}
