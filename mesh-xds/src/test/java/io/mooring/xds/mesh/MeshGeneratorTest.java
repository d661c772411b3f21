package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.xds.debug.ResourceJson;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import org.junit.jupiter.api.Test;

class MeshGeneratorTest {

  private static final String RATINGS =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: ratings, namespace: demo}
      spec:
        hosts: [ratings.demo.svc.cluster.local]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 9080, name: http, protocol: HTTP}]
        workloadSelector: {labels: {app: ratings}}
      ---
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: ratings-1, namespace: demo}
      spec: {address: 10.0.0.1, labels: {app: ratings, version: v1}, serviceAccount: ratings}
      """;

  @Test
  void staticServiceHasClusterEndpointsAndRoute() {
    try (TestMesh mesh = TestMesh.of(RATINGS)) {
      ResourceSet set = mesh.generator().initial(TestMesh.proxy("demo"));

      System.out.println(ResourceJson.print(set, set.types()));
      assertThat(set.resources(XdsType.CLUSTER))
          .containsKeys(
              "BlackHoleCluster",
              "PassthroughCluster",
              "outbound|9080||ratings.demo.svc.cluster.local");
    }
  }
}
