package io.mooring.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.mooring.testkit.xds.FakeProxy;
import io.mooring.xds.resource.XdsType;
import org.junit.jupiter.api.Test;

/** How a control plane is tested with the testkit: a client that does what an Envoy does. */
class HandMadeXdsTest {

  private static final Node NODE = Node.newBuilder().setId("vm-1").setCluster("web").build();

  @Test
  void proxiesOfOneClusterGetItsClusters() throws Exception {
    String name = InProcessServerBuilder.generateName();
    try (HandMadeXds mesh = new HandMadeXds(InProcessServerBuilder.forName(name))) {
      ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
      try (FakeProxy proxy = FakeProxy.delta(channel, NODE)) {
        proxy.subscribe(XdsType.CLUSTER);
        mesh.setClusters("db", cluster("not-ours"));
        mesh.setClusters("web", cluster("ratings"), cluster("reviews"));
        proxy.awaitNames(XdsType.CLUSTER, "ratings", "reviews");

        mesh.setClusters("web", cluster("reviews"));
        proxy.awaitNames(XdsType.CLUSTER, "reviews");
        assertThat(proxy.received()).hasSize(2); // the removal sent nothing else again
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static Cluster cluster(String name) {
    return Cluster.newBuilder().setName(name).build();
  }
}
