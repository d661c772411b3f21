package io.mooring.model.validation;

import io.mooring.model.mesh.PrivateKeyProvider;
import io.mooring.model.mesh.ProxyDefaults;
import io.mooring.model.mesh.Tracing;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Rules of the settings of proxies that MeshConfig has. */
final class ProxyDefaultsRules {

  private static final String NODE_ADDRESS = "$(HOST_IP)";

  private ProxyDefaultsRules() {}

  static void check(ProxyDefaults proxy, FieldPath path, Violations violations) {
    required(proxy.configPath(), path.field("configPath"), "a directory", violations);
    required(proxy.binaryPath(), path.field("binaryPath"), "a file", violations);
    if (proxy.serviceCluster().isPresent() && proxy.tracingServiceName().isPresent()) {
      violations.conflict(
          path.field("serviceCluster"), "excludes tracingServiceName (expected: one of both)");
    }
    proxy
        .serviceCluster()
        .ifPresent(name -> required(name, path.field("serviceCluster"), "a name", violations));
    violations.positive(path.field("drainDuration"), proxy.drainDuration());
    proxy
        .drainDuration()
        .filter(time -> !time.equals(time.truncatedTo(ChronoUnit.SECONDS)))
        .filter(time -> time.compareTo(Duration.ofMillis(1)) >= 0)
        .ifPresent(
            time ->
                violations.error(
                    path.field("drainDuration"), Violations.seconds(time), "whole seconds"));
    violations.positive(path.field("terminationDrainDuration"), proxy.terminationDrainDuration());
    violations.port(path.field("proxyAdminPort"), proxy.proxyAdminPort());
    violations.port(path.field("statusPort"), proxy.statusPort());
    violations.notNegative(path.field("concurrency"), proxy.concurrency());
    if (proxy.controlPlaneAuthPolicy() == ProxyDefaults.AuthenticationPolicy.INHERIT) {
      violations.error(
          path.field("controlPlaneAuthPolicy"),
          proxy.controlPlaneAuthPolicy(),
          "NONE or MUTUAL_TLS");
    }
    checkAddresses(proxy, path, violations);
    proxy.tracing().ifPresent(tracing -> checkTracing(tracing, path.field("tracing"), violations));
    proxy
        .readinessProbe()
        .ifPresent(
            probe -> ReadinessProbeRules.check(probe, path.field("readinessProbe"), violations));
    proxy
        .connectionSettings()
        .ifPresent(
            settings ->
                ConnectionSettingsRules.check(
                    settings, path.field("connectionSettings"), violations));
    proxy
        .privateKeyProvider()
        .ifPresent(provider -> checkKeys(provider, path.field("privateKeyProvider"), violations));
  }

  private static void checkAddresses(ProxyDefaults proxy, FieldPath path, Violations violations) {
    address(proxy.discoveryAddress(), path.field("discoveryAddress"), violations);
    address(proxy.statsdUdpAddress(), path.field("statsdUdpAddress"), violations);
    address(
        proxy.envoyMetricsServiceAddress(), path.field("envoyMetricsServiceAddress"), violations);
    proxy
        .envoyMetricsService()
        .ifPresent(
            service ->
                address(
                    service.address(),
                    path.field("envoyMetricsService").field("address"),
                    violations));
    proxy
        .envoyAccessLogService()
        .ifPresent(
            service ->
                address(
                    service.address(),
                    path.field("envoyAccessLogService").field("address"),
                    violations));
  }

  private static void checkTracing(Tracing tracing, FieldPath path, Violations violations) {
    tracing
        .zipkin()
        .ifPresent(collector -> collector(collector.address(), path.field("zipkin"), violations));
    tracing
        .datadog()
        .ifPresent(collector -> collector(collector.address(), path.field("datadog"), violations));
    tracing
        .lightstep()
        .ifPresent(
            collector -> {
              collector(collector.address(), path.field("lightstep"), violations);
              if (collector.accessToken().isEmpty()) {
                violations.missing(path.field("lightstep").field("accessToken"), "a token");
              }
            });
    violations.percent(path.field("sampling"), tracing.sampling());
    tracing
        .tlsSettings()
        .ifPresent(tls -> ClientTlsRules.check(tls, path.field("tlsSettings"), violations));
  }

  private static void checkKeys(
      PrivateKeyProvider provider, FieldPath path, Violations violations) {
    if (provider.cryptomb().isPresent() == provider.qat().isPresent()) {
      violations.conflict(path, "one of cryptomb, qat is expected");
    }
    provider
        .cryptomb()
        .ifPresent(accelerator -> checkDelay(accelerator, path.field("cryptomb"), violations));
    provider.qat().ifPresent(accelerator -> checkDelay(accelerator, path.field("qat"), violations));
  }

  private static void checkDelay(
      PrivateKeyProvider.Accelerator accelerator, FieldPath path, Violations violations) {
    if (accelerator.pollDelay().filter(delay -> !delay.isZero()).isEmpty()) {
      violations.missing(path.field("pollDelay"), "a duration above 0");
    }
  }

  private static void collector(String address, FieldPath path, Violations violations) {
    required(address, path.field("address"), HostPort.EXPECTED, violations);
    address(address.replace(NODE_ADDRESS, "127.0.0.1"), path.field("address"), violations);
  }

  private static void address(String text, FieldPath path, Violations violations) {
    if (!text.isEmpty() && !HostPort.isAddress(text)) {
      violations.error(path, text, HostPort.EXPECTED);
    }
  }

  private static void required(
      String text, FieldPath path, String expected, Violations violations) {
    if (text.isEmpty()) {
      violations.missing(path, expected);
    }
  }
}
