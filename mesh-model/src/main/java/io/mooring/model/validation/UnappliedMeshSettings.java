package io.mooring.model.validation;

import io.mooring.model.mesh.MeshConfigSpec;
import io.mooring.model.mesh.MeshConfigSpec.OutboundTrafficPolicy.OutboundMode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The settings of a MeshConfig that proxies do not get: each is read and checked, and whoever sets
 * one to something else than what proxies do anyway is told so. What {@code defaultServiceExportTo}
 * and {@code serviceEntryVisibility} say is applied; the preference of localities has a warning of
 * its own.
 */
final class UnappliedMeshSettings {

  private static final String LATER = "not applied yet";
  private static final String BUILDER =
      "not applied yet: what the control plane was started with counts";
  private static final MeshConfigSpec DEFAULTS = MeshConfigSpec.builder().build();

  private static final List<Setting> SETTINGS =
      List.of(
          setting("proxyListenPort", spec -> spec.proxyListenPort() != DEFAULTS.proxyListenPort()),
          setting(
              "proxyInboundListenPort",
              spec -> spec.proxyInboundListenPort() != DEFAULTS.proxyInboundListenPort()),
          setting("proxyHttpPort", spec -> spec.proxyHttpPort() != 0),
          setting("connectTimeout", spec -> isOther(spec.connectTimeout(), Duration.ofSeconds(10))),
          setting(
              "protocolDetectionTimeout",
              spec -> isOther(spec.protocolDetectionTimeout(), Duration.ZERO)),
          setting("tcpKeepalive", spec -> spec.tcpKeepalive().isPresent()),
          setting("ingressClass", spec -> !spec.ingressClass().equals(DEFAULTS.ingressClass())),
          setting(
              "ingressService", spec -> !spec.ingressService().equals(DEFAULTS.ingressService())),
          setting(
              "ingressControllerMode",
              spec -> spec.ingressControllerMode() != DEFAULTS.ingressControllerMode()),
          setting("ingressSelector", spec -> !spec.ingressSelector().isEmpty()),
          setting("enableTracing", MeshConfigSpec::enableTracing),
          setting("accessLogFile", spec -> !spec.accessLogFile().isEmpty()),
          setting("accessLogFormat", spec -> !spec.accessLogFormat().isEmpty()),
          setting(
              "accessLogEncoding",
              spec -> spec.accessLogEncoding() != DEFAULTS.accessLogEncoding()),
          setting("enableEnvoyAccessLogService", MeshConfigSpec::enableEnvoyAccessLogService),
          setting("disableEnvoyListenerLog", MeshConfigSpec::disableEnvoyListenerLog),
          setting("defaultConfig", spec -> spec.defaultConfig().isPresent()),
          setting(
              "outboundTrafficPolicy",
              spec ->
                  spec.outboundTrafficPolicy()
                      .filter(policy -> policy.mode() != OutboundMode.ALLOW_ANY)
                      .isPresent()),
          setting(
              "inboundTrafficPolicy",
              spec ->
                  spec.inboundTrafficPolicy()
                      .filter(
                          policy ->
                              policy.mode()
                                  != MeshConfigSpec.InboundTrafficPolicy.InboundMode.PASSTHROUGH)
                      .isPresent()),
          setting("configSources", spec -> !spec.configSources().isEmpty()),
          setting("enableAutoMtls", spec -> isOther(spec.enableAutoMtls(), true)),
          new Setting(
              "trustDomain", spec -> !spec.trustDomain().equals(DEFAULTS.trustDomain()), BUILDER),
          setting("trustDomainAliases", spec -> !spec.trustDomainAliases().isEmpty()),
          setting("caCertificates", spec -> !spec.caCertificates().isEmpty()),
          setting(
              "defaultVirtualServiceExportTo",
              spec -> isOfSome(spec.defaultVirtualServiceExportTo())),
          setting(
              "defaultDestinationRuleExportTo",
              spec -> isOfSome(spec.defaultDestinationRuleExportTo())),
          new Setting(
              "rootNamespace",
              spec -> !spec.rootNamespace().equals(DEFAULTS.rootNamespace()),
              BUILDER),
          setting("dnsRefreshRate", spec -> isOther(spec.dnsRefreshRate(), Duration.ofSeconds(60))),
          setting("h2UpgradePolicy", spec -> spec.h2UpgradePolicy() != DEFAULTS.h2UpgradePolicy()),
          setting("inboundClusterStatName", spec -> !spec.inboundClusterStatName().isEmpty()),
          setting("outboundClusterStatName", spec -> !spec.outboundClusterStatName().isEmpty()),
          setting("certificates", spec -> !spec.certificates().isEmpty()),
          setting("serviceSettings", spec -> !spec.serviceSettings().isEmpty()),
          setting("serviceScopeConfigs", spec -> !spec.serviceScopeConfigs().isEmpty()),
          setting("enablePrometheusMerge", spec -> spec.enablePrometheusMerge().orElse(false)),
          setting(
              "verifyCertificateAtClient", spec -> spec.verifyCertificateAtClient().isPresent()),
          setting("ca", spec -> spec.ca().isPresent()),
          setting("extensionProviders", spec -> !spec.extensionProviders().isEmpty()),
          setting("defaultProviders", spec -> spec.defaultProviders().isPresent()),
          setting("discoverySelectors", spec -> !spec.discoverySelectors().isEmpty()),
          setting("pathNormalization", spec -> spec.pathNormalization().isPresent()),
          setting("defaultHttpRetryPolicy", spec -> spec.defaultHttpRetryPolicy().isPresent()),
          setting("meshMTLS", spec -> spec.meshMTLS().isPresent()),
          setting("tlsDefaults", spec -> spec.tlsDefaults().isPresent()),
          setting("compliancePolicy", spec -> !spec.compliancePolicy().isEmpty()),
          setting("defaultTrafficPolicy", spec -> spec.defaultTrafficPolicy().isPresent()),
          setting(
              "hboneIdleTimeout", spec -> isOther(spec.hboneIdleTimeout(), Duration.ofHours(1))));

  private UnappliedMeshSettings() {}

  /** Warns of each setting that says something else than what holds without it. */
  static void check(MeshConfigSpec spec, FieldPath path, Violations violations) {
    for (Setting setting : SETTINGS) {
      if (setting.matters().test(spec)) {
        violations.warning(path.field(setting.field()), "", setting.message());
      }
    }
  }

  private static Setting setting(String field, Predicate<MeshConfigSpec> matters) {
    return new Setting(field, matters, LATER);
  }

  private static <T> boolean isOther(Optional<T> value, T usual) {
    return value.filter(said -> !said.equals(usual)).isPresent();
  }

  private static boolean isOfSome(List<String> exportTo) {
    return !exportTo.isEmpty() && !exportTo.contains("*");
  }

  /** A field, when it says something that is not done, and what to say then. */
  private record Setting(String field, Predicate<MeshConfigSpec> matters, String message) {}
}
