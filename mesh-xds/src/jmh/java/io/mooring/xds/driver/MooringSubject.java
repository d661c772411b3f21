package io.mooring.xds.driver;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.grpc.ServerBuilder;
import io.mooring.xds.push.PushService;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.XdsServer;
import java.time.Duration;
import java.util.Set;

/** Mooring with hand-made resources, each change of which is pushed at once. */
final class MooringSubject implements Subject {

  private final SnapshotResources resources = new SnapshotResources(node -> "all");
  private final PushService<Set<String>> push =
      PushService.builder(resources).debounce(Duration.ZERO, Duration.ZERO).build();
  private final XdsServer xds = XdsServer.builder(push).build();

  MooringSubject(int clusters) {
    resources.onChange(push::changed);
    ResourceSet set = ResourceSet.empty();
    for (Cluster cluster : Subject.clusters(clusters, 0)) {
      set = set.with(XdsType.CLUSTER, VersionedResource.of(cluster.getName(), cluster));
    }
    resources.set("all", set);
  }

  @Override
  public void bindTo(ServerBuilder<?> server) {
    xds.bindTo(server);
  }

  @Override
  public void change(int revision) {
    Cluster changed = Subject.cluster(0, revision);
    resources.put("all", XdsType.CLUSTER, VersionedResource.of(changed.getName(), changed));
  }

  @Override
  public void close() {
    xds.close();
    push.close();
  }
}
