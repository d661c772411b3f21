package io.mooring.xds;

import io.mooring.testkit.PackageArrows;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("xds.resource", Set.of()),
          Map.entry("xds.node", Set.of("model", "model.networking", "registry", "service")),
          Map.entry("xds.push", Set.of("xds.node", "xds.resource")),
          Map.entry(
              "xds.debug",
              Set.of("model", "model.spiffe", "xds.node", "xds.resource", "xds.server")),
          Map.entry("xds.load", Set.of("model", "xds.node", "xds.server")),
          Map.entry(
              "xds.explain",
              Set.of(
                  "analysis",
                  "model",
                  "model.networking",
                  "model.security",
                  "registry",
                  "service",
                  "xds.node",
                  "xds.resource",
                  "xds.translate.authn",
                  "xds.translate.cluster",
                  "xds.translate.endpoint",
                  "xds.translate.listener",
                  "xds.translate.secret")),
          Map.entry(
              "xds.mesh",
              Set.of(
                  "model",
                  "model.networking",
                  "model.security",
                  "model.spiffe",
                  "registry",
                  "service",
                  "xds.node",
                  "xds.push",
                  "xds.resource",
                  "xds.translate.authn",
                  "xds.translate.cluster",
                  "xds.translate.endpoint",
                  "xds.translate.grpc",
                  "xds.translate.listener",
                  "xds.translate.route")),
          Map.entry(
              "xds.translate.cluster",
              Set.of(
                  "model",
                  "model.networking",
                  "model.spiffe",
                  "service",
                  "xds.resource",
                  "xds.translate.endpoint",
                  "xds.translate.secret")),
          Map.entry("xds.translate.endpoint", Set.of("model", "service")),
          Map.entry(
              "xds.translate.grpc",
              Set.of(
                  "model.networking",
                  "model.spiffe",
                  "service",
                  "xds.resource",
                  "xds.translate.cluster",
                  "xds.translate.endpoint")),
          Map.entry(
              "xds.translate.route",
              Set.of(
                  "model", "model.networking", "service", "xds.resource", "xds.translate.cluster")),
          Map.entry("xds.protocol", Set.of("xds.resource")),
          Map.entry(
              "xds.server",
              Set.of(
                  "model", "model.spiffe", "xds.node", "xds.resource", "xds.push", "xds.protocol")),
          Map.entry("xds.translate.authn", Set.of("model", "model.security")),
          Map.entry(
              "xds.translate.listener",
              Set.of(
                  "model",
                  "model.networking",
                  "model.security",
                  "model.spiffe",
                  "service",
                  "xds.node",
                  "xds.resource",
                  "xds.translate.authn",
                  "xds.translate.cluster",
                  "xds.translate.secret")),
          Map.entry("xds.translate.secret", Set.of("model", "model.spiffe", "xds.resource")));

  @Test
  void packagesUseOnlyWhatTheyMay() {
    PackageArrows.check(ALLOWED);
  }
}
