package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.xds.debug.ResourceJson;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AliasOfServiceTest {

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: ratings, namespace: demo}
      spec:
        clusterIP: 10.96.0.1
        ports: [{name: http, port: 80}]
      """;
  private static final String ALIAS =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: stars, namespace: demo}
      spec:
        type: ExternalName
        externalName: ratings.demo.svc.cluster.local
        ports: [{name: http, port: 80}]
      """;

  @Test
  void whatCallsTheAliasReachesTheServiceAndTheAliasHasNoClusterOfItsOwn() {
    TestMesh mesh = TestMesh.of(SERVICE);
    ProxyNode proxy = TestMesh.proxy("demo");
    ResourceSet before = mesh.generator().initial(proxy);
    assertThat(routes(before)).doesNotContain("stars");

    ResourceSet with = mesh.generator().update(proxy, before, mesh.apply(ALIAS));
    assertThat(with.resources(XdsType.CLUSTER).keySet())
        .contains("outbound|80||ratings.demo.svc.cluster.local")
        .noneMatch(name -> name.contains("stars"));
    assertThat(routes(with)).contains("\"stars.demo.svc.cluster.local\"").contains("\"stars\"");
    assertThat(with).isEqualTo(TestMesh.of(SERVICE + "---\n" + ALIAS).generator().initial(proxy));
  }

  @Test
  void anExternalNameOutsideTheMeshIsResolvedByDns() {
    TestMesh mesh = TestMesh.of(ALIAS);
    ProxyNode proxy = TestMesh.proxy("demo");
    ResourceSet before = mesh.generator().initial(proxy);
    assertThat(before.resources(XdsType.CLUSTER).keySet()).anyMatch(name -> name.contains("stars"));

    ResourceSet after = mesh.generator().update(proxy, before, mesh.apply(SERVICE));
    assertThat(after.resources(XdsType.CLUSTER).keySet()).noneMatch(name -> name.contains("stars"));
  }

  private static String routes(ResourceSet resources) {
    return ResourceJson.print(resources, Set.of(XdsType.ROUTE));
  }
}
