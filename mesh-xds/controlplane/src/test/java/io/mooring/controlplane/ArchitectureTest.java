package io.mooring.controlplane;

import io.mooring.testkit.PackageArrows;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "controlplane.operator", Set.of(),
          "controlplane.admin", Set.of("xds.node", "xds.push", "xds.resource", "xds.server"),
          "controlplane",
              Set.of(
                  "controlplane.admin",
                  "controlplane.operator",
                  "identity",
                  "identity.attest",
                  "identity.attest.jointoken",
                  "identity.bootstrap",
                  "identity.bundle",
                  "identity.ca",
                  "identity.enroll",
                  "identity.issue",
                  "identity.server",
                  "identity.storage",
                  "model",
                  "model.networking",
                  "model.spiffe",
                  "registry",
                  "registry.file",
                  "service",
                  "xds.debug",
                  "xds.load",
                  "xds.mesh",
                  "xds.node",
                  "xds.push",
                  "xds.resource",
                  "xds.server",
                  "xds.translate.listener"));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
