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
              "identity.agent",
              "identity.bootstrap",
              "model",
              "model.networking",
              "model.spiffe",
              "registry",
              "registry.memory"));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
