package io.mooring.identity.agent;

import io.mooring.testkit.PackageArrows;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry(
              "identity.agent",
              Set.of(
                  "identity",
                  "identity.agent.envoy",
                  "identity.agent.files",
                  "identity.agent.health",
                  "identity.agent.sds",
                  "identity.agent.socket",
                  "identity.agent.svid",
                  "identity.agent.tls",
                  "identity.agent.workload",
                  "identity.api",
                  "identity.bootstrap",
                  "model.spiffe")),
          Map.entry("identity.agent.envoy", Set.of()),
          Map.entry(
              "identity.agent.files",
              Set.of("identity", "identity.agent.svid", "identity.storage")),
          Map.entry("identity.agent.health", Set.of("identity.agent.svid", "model.networking")),
          Map.entry("identity.agent.sds", Set.of("identity.agent.socket")),
          Map.entry("identity.agent.socket", Set.of()),
          Map.entry(
              "identity.agent.tls", Set.of("identity", "identity.agent.svid", "model.spiffe")),
          Map.entry(
              "identity.agent.workload",
              Set.of(
                  "identity",
                  "identity.agent.socket",
                  "identity.agent.svid",
                  "identity.api.workload",
                  "model.spiffe")),
          Map.entry(
              "identity.agent.svid",
              Set.of(
                  "identity",
                  "identity.api",
                  "identity.bootstrap",
                  "identity.storage",
                  "model.spiffe")));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
