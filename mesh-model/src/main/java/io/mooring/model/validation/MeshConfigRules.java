package io.mooring.model.validation;

import io.mooring.model.mesh.ExtensionProvider;
import io.mooring.model.mesh.MeshConfig;
import io.mooring.model.mesh.MeshConfigSpec;
import io.mooring.model.mesh.ServiceSettings;
import io.mooring.model.networking.TrafficPolicy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of MeshConfig. What it does not say has the default of Istio, which is right. */
final class MeshConfigRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final Duration LONGEST_CONNECT = Duration.ofHours(1);
  private static final Set<String> CURVES =
      Set.of("P-224", "P-256", "P-384", "P-521", "X25519", "CECPQ2", "X25519MLKEM768");

  private MeshConfigRules() {}

  static void check(MeshConfig config, Violations violations) {
    MeshConfigSpec spec = config.spec();
    violations.port(SPEC.field("proxyListenPort"), spec.proxyListenPort());
    violations.port(SPEC.field("proxyInboundListenPort"), spec.proxyInboundListenPort());
    violations.range(SPEC.field("proxyHttpPort"), spec.proxyHttpPort(), 0, 65535);
    checkTimes(spec, violations);
    spec.defaultConfig()
        .ifPresent(
            defaults ->
                ProxyDefaultsRules.check(defaults, SPEC.field("defaultConfig"), violations));
    spec.localityLbSetting()
        .ifPresent(
            setting ->
                LocalityRules.check(setting, true, SPEC.field("localityLbSetting"), violations));
    spec.zoneAwareLbSetting()
        .ifPresent(
            setting ->
                LocalityRules.check(setting, true, SPEC.field("zoneAwareLbSetting"), violations));
    spec.defaultTrafficPolicy()
        .ifPresent(policy -> checkDefaults(policy, SPEC.field("defaultTrafficPolicy"), violations));
    checkServiceSettings(spec.serviceSettings(), violations);
    checkTrustDomain(spec.trustDomain(), SPEC.field("trustDomain"), violations);
    for (int i = 0; i < spec.trustDomainAliases().size(); i++) {
      checkTrustDomain(
          spec.trustDomainAliases().get(i), SPEC.field("trustDomainAliases").index(i), violations);
    }
    checkExtensions(spec.extensionProviders(), violations);
    checkTls(spec, violations);
    ExportToRules.checkDefault(
        spec.defaultServiceExportTo(), true, SPEC.field("defaultServiceExportTo"), violations);
    ExportToRules.checkDefault(
        spec.defaultVirtualServiceExportTo(),
        false,
        SPEC.field("defaultVirtualServiceExportTo"),
        violations);
    ExportToRules.checkDefault(
        spec.defaultDestinationRuleExportTo(),
        false,
        SPEC.field("defaultDestinationRuleExportTo"),
        violations);
    UnappliedMeshSettings.check(spec, SPEC, violations);
  }

  private static void checkTimes(MeshConfigSpec spec, Violations violations) {
    FieldPath connect = SPEC.field("connectTimeout");
    violations.positive(connect, spec.connectTimeout());
    spec.connectTimeout()
        .filter(timeout -> timeout.compareTo(LONGEST_CONNECT) > 0)
        .ifPresent(timeout -> violations.error(connect, Violations.seconds(timeout), "at most 1h"));
    violations.positive(
        SPEC.field("protocolDetectionTimeout"),
        spec.protocolDetectionTimeout().filter(timeout -> !timeout.isZero()));
    violations.positive(SPEC.field("dnsRefreshRate"), spec.dnsRefreshRate());
    spec.tcpKeepalive()
        .ifPresent(
            keepalive ->
                ConnectionPoolRules.checkKeepalive(
                    keepalive, SPEC.field("tcpKeepalive"), violations));
  }

  private static void checkDefaults(TrafficPolicy policy, FieldPath path, Violations violations) {
    policy
        .connectionPool()
        .ifPresent(
            pool -> ConnectionPoolRules.check(pool, path.field("connectionPool"), violations));
    policy
        .outlierDetection()
        .ifPresent(
            outlier ->
                TrafficPolicyRules.checkOutlier(
                    outlier, path.field("outlierDetection"), violations));
  }

  private static void checkServiceSettings(List<ServiceSettings> settings, Violations violations) {
    for (int i = 0; i < settings.size(); i++) {
      List<String> hosts = settings.get(i).hosts();
      for (int j = 0; j < hosts.size(); j++) {
        if (!Names.isWildcardHost(hosts.get(j))) {
          violations.error(
              SPEC.field("serviceSettings").index(i).field("hosts").index(j),
              hosts.get(j),
              Names.WILDCARD_HOST);
        }
      }
    }
  }

  /** Labels with dots between and perhaps one at the end; digits only are no harm here. */
  private static void checkTrustDomain(String domain, FieldPath path, Violations violations) {
    String[] labels = domain.split("\\.", -1);
    for (int i = 0; i < labels.length; i++) {
      boolean end = i > 0 && i == labels.length - 1 && labels[i].isEmpty();
      if (!end && !Names.isLabel(labels[i])) {
        violations.error(path, domain, "a trust domain such as cluster.local");
        return;
      }
    }
  }

  /** Nobody may use a provider, so that Istio, too, starts with one that is wrong. */
  private static void checkExtensions(List<ExtensionProvider> providers, Violations violations) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < providers.size(); i++) {
      FieldPath name = SPEC.field("extensionProviders").index(i).field("name");
      if (providers.get(i).name().isEmpty()) {
        violations.warning(name, "", "missing: nobody can use the provider");
      } else if (!names.add(providers.get(i).name())) {
        violations.warning(name, providers.get(i).name(), "another provider has this name");
      }
    }
  }

  private static void checkTls(MeshConfigSpec spec, Violations violations) {
    if (spec.meshMTLS().filter(tls -> !tls.ecdhCurves().isEmpty()).isPresent()) {
      violations.conflict(
          SPEC.field("meshMTLS").field("ecdhCurves"),
          "the curves within the mesh are fixed (expected: tlsDefaults.ecdhCurves)");
    }
    spec.tlsDefaults()
        .ifPresent(
            tls ->
                checkCurves(
                    tls.ecdhCurves(), SPEC.field("tlsDefaults").field("ecdhCurves"), violations));
  }

  private static void checkCurves(List<String> curves, FieldPath path, Violations violations) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < curves.size(); i++) {
      String curve = curves.get(i);
      if (!curve.isEmpty() && !CURVES.contains(curve)) {
        violations.warning(path.index(i), curve, Quoted.value(curve) + ": unknown, so left out");
      } else if (!seen.add(curve)) {
        violations.warning(path.index(i), curve, Quoted.value(curve) + ": is there twice");
      }
    }
  }
}
