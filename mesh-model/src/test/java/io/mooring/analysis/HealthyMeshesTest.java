package io.mooring.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Meshes as people have them, in which nothing is wrong. */
class HealthyMeshesTest {

  private static final Set<String> OF_KUBERNETES = Set.of("Service", "Pod", "EndpointSlice");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bookinfo-on-vms",
        "canary-and-delegates",
        "external-dns",
        "gateway-and-mesh",
        "kubernetes-and-vms",
        "sidecars-and-visibility",
        "sockets-and-names",
        "strict-with-exceptions",
        "two-networks",
        "wildcard-rules"
      })
  void nothingIsFoundButInformation(String mesh) throws IOException {
    ParsedConfig parsed = new ConfigCodec().parse(mesh, read(mesh));
    assertThat(parsed.hasErrors()).as(parsed.problems().toString()).isFalse();
    MemorySource files = new MemorySource("files");
    MemorySource kubernetes = new MemorySource("kubernetes");
    for (LocatedObject located : parsed.objects()) {
      ConfigObject object = located.object();
      (OF_KUBERNETES.contains(object.key().kind()) ? kubernetes : files).put(object);
    }
    try (ServiceRegistry registry =
        ServiceRegistry.builder()
            .source(files)
            .source(kubernetes)
            .writer(Runnable::run)
            .delivery(Runnable::run)
            .build()
            .start()) {
      List<Finding> findings = MeshAnalysis.of(registry.snapshot());
      assertThat(findings)
          .filteredOn(finding -> finding.code().level() != FindingCode.Level.INFORMATION)
          .isEmpty();
    }
  }

  private static String read(String mesh) throws IOException {
    try (InputStream yaml =
        HealthyMeshesTest.class.getResourceAsStream("/healthy/" + mesh + ".yaml")) {
      return new String(Objects.requireNonNull(yaml).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
