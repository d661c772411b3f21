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
              "identity.bootstrap",
              "model",
              "model.networking",
              "registry",
              "registry.memory"));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
