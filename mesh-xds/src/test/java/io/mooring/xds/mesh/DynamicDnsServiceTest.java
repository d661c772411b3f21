package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.xds.debug.ResourceJson;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DynamicDnsServiceTest {

  private static final String HTTP_80 =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: web, namespace: demo}
      spec:
        hosts: [web.demo.svc.cluster.local]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 80, name: http, protocol: HTTP}]
        endpoints: [{address: 10.0.0.8}]
      """;

  private static final String DYNAMIC =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: wild, namespace: demo}
      spec:
        hosts: ["*.example.org"]
        location: MESH_EXTERNAL
        resolution: DYNAMIC_DNS
        ports:
        - {number: 80, name: http, protocol: HTTP}
        - {number: 443, name: tls, protocol: TLS}
      """;

  @Test
  void nothingNamesItSoThatItsTrafficPassesThrough() {
    try (TestMesh mesh = TestMesh.of(HTTP_80)) {
      ResourceSet without = mesh.generator().initial(TestMesh.proxy("demo"));

      mesh.apply(DYNAMIC);

      ResourceSet with = mesh.generator().initial(TestMesh.proxy("demo"));
      assertThat(with).isEqualTo(without);
      assertThat(ResourceJson.print(with, Set.of(XdsType.ROUTE))).contains("PassthroughCluster");
    }
  }
}
