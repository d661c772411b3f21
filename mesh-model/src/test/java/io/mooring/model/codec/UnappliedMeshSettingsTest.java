package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.mesh.MeshConfigSpec;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnappliedMeshSettingsTest {

  /** One value of every field that proxies do not get. */
  private static final List<String> UNAPPLIED =
      List.of(
          "proxyListenPort: 1",
          "proxyInboundListenPort: 1",
          "proxyHttpPort: 1",
          "connectTimeout: 9s",
          "protocolDetectionTimeout: 1s",
          "tcpKeepalive: {}",
          "ingressClass: a",
          "ingressService: a",
          "ingressControllerMode: DEFAULT",
          "ingressSelector: a",
          "enableTracing: true",
          "accessLogFile: /dev/stdout",
          "accessLogFormat: a",
          "accessLogEncoding: JSON",
          "enableEnvoyAccessLogService: true",
          "disableEnvoyListenerLog: true",
          "defaultConfig: {}",
          "outboundTrafficPolicy: {mode: REGISTRY_ONLY}",
          "inboundTrafficPolicy: {mode: LOCALHOST}",
          "configSources: [{}]",
          "enableAutoMtls: false",
          "trustDomain: example.org",
          "trustDomainAliases: [example.org]",
          "caCertificates: [{}]",
          "defaultVirtualServiceExportTo: ['.']",
          "defaultDestinationRuleExportTo: ['.']",
          "rootNamespace: other",
          "localityLbSetting: {}",
          "zoneAwareLbSetting: {}",
          "dnsRefreshRate: 5s",
          "h2UpgradePolicy: UPGRADE",
          "inboundClusterStatName: a",
          "outboundClusterStatName: a",
          "certificates: [{}]",
          "serviceSettings: [{}]",
          "serviceScopeConfigs: [{}]",
          "enablePrometheusMerge: true",
          "verifyCertificateAtClient: true",
          "ca: {}",
          "extensionProviders: [{name: a, prometheus: {}}]",
          "defaultProviders: {}",
          "discoverySelectors: [{}]",
          "pathNormalization: {}",
          "defaultHttpRetryPolicy: {}",
          "meshMTLS: {}",
          "tlsDefaults: {}",
          "compliancePolicy: fips-140-2",
          "defaultTrafficPolicy: {}",
          "hboneIdleTimeout: 1s");

  @Test
  void everyFieldThatIsNotAppliedSaysSo() {
    for (String setting : UNAPPLIED) {
      assertThat(parse(setting).problems())
          .as(setting)
          .anySatisfy(
              problem -> {
                assertThat(problem.path()).isEqualTo("spec." + field(setting));
                assertThat(problem.message()).startsWith("not applied yet");
              });
    }
  }

  @Test
  void onlyWhoSeesServicesIsApplied() {
    Set<String> fields =
        Arrays.stream(MeshConfigSpec.class.getMethods())
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    UNAPPLIED.forEach(setting -> fields.remove(field(setting)));

    assertThat(fields).containsExactly("defaultServiceExportTo", "serviceEntryVisibility");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "proxyListenPort: 15001",
        "connectTimeout: 10s",
        "protocolDetectionTimeout: 0s",
        "dnsRefreshRate: 60s",
        "hboneIdleTimeout: 1h",
        "enableAutoMtls: true",
        "enablePrometheusMerge: false",
        "trustDomain: cluster.local",
        "rootNamespace: istio-system",
        "outboundTrafficPolicy: {mode: ALLOW_ANY}",
        "inboundTrafficPolicy: {mode: PASSTHROUGH}",
        "defaultServiceExportTo: ['.']",
        "defaultVirtualServiceExportTo: ['*']",
        "serviceEntryVisibility: {defaultVisibility: NAMESPACE}",
        "serviceEntryVisibility: {defaultVisibility: NAMESPACE, applyToSidecars: true}"
      })
  void whatProxiesDoAnywayIsNoNews(String setting) {
    assertThat(parse(setting).problems()).isEmpty();
  }

  private static String field(String setting) {
    return setting.substring(0, setting.indexOf(':'));
  }

  private static ParsedConfig parse(String setting) {
    return new ConfigCodec()
        .parse(
            "mesh.yaml",
            "apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\nmetadata: {name: a}\nspec: {%s}\n"
                .formatted(setting));
  }
}
