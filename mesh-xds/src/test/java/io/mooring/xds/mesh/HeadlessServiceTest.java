package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.registry.ChangeSet;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HeadlessServiceTest {

  private static final MeshService DATABASE =
      TestSnapshot.service(
              "db.demo.svc.cluster.local",
              "demo",
              new MeshPort(5432, "tcp", Protocol.TCP, OptionalInt.empty()))
          .origin(MeshService.Origin.KUBERNETES_SERVICE)
          .resolution(Resolution.NONE)
          .build();

  @Test
  void changeOfItsEndpointsChangesTheListeners() {
    TestSnapshot before = with("10.0.0.1");
    TestSnapshot after = with("10.0.0.2");
    ProxyNode proxy = TestMesh.proxy("demo");
    MeshGenerator generator = new MeshGenerator(() -> before);
    ChangeSet change = new ChangeSet(Set.of(), Set.of(), Set.of(DATABASE.key()));

    ResourceSet updated =
        generator.update(proxy, generator.initial(proxy), new RegistryChange(after, change));

    assertThat(updated.resources(XdsType.LISTENER))
        .containsKey("10.0.0.2_5432")
        .doesNotContainKey("10.0.0.1_5432");
  }

  private static TestSnapshot with(String address) {
    return TestSnapshot.empty()
        .with(DATABASE, TestSnapshot.endpoint(DATABASE, address, "db").build());
  }
}
