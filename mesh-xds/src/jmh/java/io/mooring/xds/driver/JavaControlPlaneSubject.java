package io.mooring.xds.driver;

import io.envoyproxy.controlplane.cache.NodeGroup;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.ServerBuilder;
import java.util.List;

/** java-control-plane's SimpleCache, as its README shows it. */
final class JavaControlPlaneSubject implements Subject {

  private static final String GROUP = "all";

  private final SimpleCache<String> cache =
      new SimpleCache<>(
          new NodeGroup<>() {
            @Override
            public String hash(Node node) {
              return GROUP;
            }
          });
  private final int clusters;

  JavaControlPlaneSubject(int clusters) {
    this.clusters = clusters;
    change(0);
  }

  @Override
  public void bindTo(ServerBuilder<?> server) {
    server.addService(new V3DiscoveryServer(cache).getAggregatedDiscoveryServiceImpl());
  }

  @Override
  public void change(int revision) {
    cache.setSnapshot(
        GROUP,
        Snapshot.create(
            Subject.clusters(clusters, revision),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            "v" + revision));
  }

  @Override
  public void close() {}
}
