package io.mooring.identity;

import io.mooring.testkit.PackageArrows;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("identity", Set.of("model.spiffe")),
          Map.entry("identity.storage", Set.of()),
          Map.entry(
              "identity.bootstrap",
              Set.of("identity", "identity.storage", "model", "model.networking", "model.spiffe")));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
