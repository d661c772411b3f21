package io.mooring.examples.bookinfo;

import io.mooring.testkit.PackageArrows;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  /** The programs know nothing of a mesh, and the account nothing of bookinfo. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "examples.bookinfo.app", Set.of(),
          "examples.bookinfo.account", Set.of(),
          "examples.bookinfo",
              Set.of(
                  "controlplane",
                  "examples.bookinfo.account",
                  "examples.bookinfo.app",
                  "identity.agent",
                  "identity.bootstrap",
                  "model.spiffe",
                  "registry",
                  "service",
                  "testkit.envoy",
                  "testkit.traffic"));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
