package io.mooring.testkit;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "testkit.envoy", Set.of("identity.agent", "xds.resource"),
          "testkit.identity",
              Set.of("identity", "identity.attest", "identity.ca", "model.spiffe", "testkit"),
          "testkit.registry", Set.of("model", "model.networking", "registry"),
          "testkit.traffic", Set.of("xds.resource"),
          "testkit.xds", Set.of("xds.resource"));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
