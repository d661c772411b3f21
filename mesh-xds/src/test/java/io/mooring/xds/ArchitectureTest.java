package io.mooring.xds;

import io.mooring.testkit.PackageArrows;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("xds.resource", Set.of()),
          Map.entry("xds.node", Set.of("model")),
          Map.entry("xds.push", Set.of("xds.node", "xds.resource")),
          Map.entry("xds.protocol", Set.of("xds.resource")),
          Map.entry(
              "xds.server",
              Set.of(
                  "model",
                  "model.spiffe",
                  "xds.node",
                  "xds.resource",
                  "xds.push",
                  "xds.protocol")),
          Map.entry("xds.translate.authn", Set.of("model", "model.security")),
          Map.entry("xds.translate.secret", Set.of("model", "model.spiffe", "xds.resource")));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
