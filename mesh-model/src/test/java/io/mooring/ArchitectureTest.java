package io.mooring;

import io.mooring.testkit.PackageArrows;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry(
              "analysis",
              Set.of(
                  "model",
                  "model.kubernetes",
                  "model.networking",
                  "model.security",
                  "model.spiffe",
                  "registry",
                  "service")),
          Map.entry("model", Set.of()),
          Map.entry("model.spiffe", Set.of()),
          Map.entry("model.networking", Set.of("model")),
          Map.entry("model.security", Set.of("model")),
          Map.entry("model.kubernetes", Set.of("model")),
          Map.entry("model.mesh", Set.of("model", "model.networking")),
          Map.entry(
              "model.validation",
              Set.of(
                  "model", "model.networking", "model.security", "model.mesh", "model.kubernetes")),
          Map.entry(
              "model.codec",
              Set.of(
                  "model",
                  "model.networking",
                  "model.security",
                  "model.mesh",
                  "model.kubernetes",
                  "model.validation")),
          Map.entry(
              "service",
              Set.of(
                  "model", "model.spiffe", "model.networking", "model.kubernetes", "model.mesh")),
          Map.entry(
              "registry",
              Set.of(
                  "model",
                  "model.spiffe",
                  "model.networking",
                  "model.kubernetes",
                  "model.mesh",
                  "service")),
          Map.entry("registry.memory", Set.of("model", "model.networking", "registry")),
          Map.entry(
              "registry.file",
              Set.of(
                  "model",
                  "model.codec",
                  "model.networking",
                  "model.validation",
                  "registry",
                  "service")));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
