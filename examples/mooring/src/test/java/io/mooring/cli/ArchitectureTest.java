package io.mooring.cli;

import io.mooring.testkit.PackageArrows;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "cli",
          Set.of(
              "analysis",
              "controlplane",
              "controlplane.operator",
              "identity",
              "identity.agent",
              "identity.attest.jointoken",
              "identity.bootstrap",
              "identity.bundle",
              "identity.issue",
              "model",
              "model.codec",
              "model.networking",
              "model.spiffe",
              "model.validation",
              "registry",
              "registry.file",
              "service",
              "xds.debug",
              "xds.explain",
              "xds.mesh",
              "xds.node",
              "xds.push",
              "xds.resource",
              "xds.translate.listener"));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
