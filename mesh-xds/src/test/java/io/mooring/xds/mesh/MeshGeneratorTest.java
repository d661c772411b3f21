package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.service.MeshService;
import io.mooring.xds.debug.ResourceJson;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import org.junit.jupiter.api.Test;

class MeshGeneratorTest {

  private static final ProxyNode NODE =
      ProxyNode.parse(
          Node.newBuilder().setId("sidecar~10.0.0.9~web.demo~demo.svc.cluster.local").build());

  @Test
  void staticServiceHasClusterEndpointsAndRoute() {
    MeshService ratings =
        TestSnapshot.service("ratings.demo.svc.cluster.local", "demo", 9080).build();
    TestSnapshot snapshot =
        TestSnapshot.empty()
            .with(ratings, TestSnapshot.endpoint(ratings, "10.0.0.1", "ratings").build());

    ResourceSet set = new MeshGenerator(() -> snapshot).initial(NODE);

    System.out.println(ResourceJson.print(set, set.types()));
    assertThat(set.resources(XdsType.CLUSTER))
        .containsOnlyKeys(
            "BlackHoleCluster",
            "InboundPassthroughCluster",
            "PassthroughCluster",
            "outbound|9080||ratings.demo.svc.cluster.local");
  }
}
