package io.mooring.examples.embedding;

import io.mooring.testkit.PackageArrows;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "examples.embedding",
          Set.of(
              "controlplane",
              "identity",
              "identity.agent",
              "identity.bootstrap",
              "identity.ca",
              "model",
              "model.networking",
              "model.spiffe",
              "registry",
              "registry.memory",
              "xds.node",
              "xds.push",
              "xds.resource",
              "xds.server"));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
