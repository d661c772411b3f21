package io.mooring.model.validation;

import io.mooring.model.networking.LocalityLoadBalancerSetting;
import io.mooring.model.networking.LocalityLoadBalancerSetting.Distribute;
import io.mooring.model.networking.LocalityLoadBalancerSetting.Failover;
import io.mooring.model.networking.ZoneAwareLoadBalancerSetting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules of the preference of localities. */
final class LocalityRules {

  private static final String ANY = "*";
  private static final Set<String> TOPOLOGY =
      Set.of(
          "topology.kubernetes.io/region",
          "topology.kubernetes.io/zone",
          "topology.istio.io/subzone");

  private LocalityRules() {}

  /** Checks a setting; {@code outlier} is whether unhealthy endpoints are found at all. */
  static void check(
      LocalityLoadBalancerSetting setting, boolean outlier, FieldPath path, Violations violations) {
    if (setting.enabled().orElse(true)) {
      violations.warning(path, "", "not applied yet");
    }
    if (!setting.distribute().isEmpty() && !setting.failover().isEmpty()) {
      violations.conflict(path.field("distribute"), "excludes failover (expected: one of both)");
    }
    if (!setting.failover().isEmpty()) {
      checkPriority(setting.failoverPriority(), path.field("failoverPriority"), violations);
    }
    boolean failsOver = !setting.failover().isEmpty() || !setting.failoverPriority().isEmpty();
    if (failsOver && !outlier) {
      violations.warning(path, "", "nothing fails over without outlierDetection beside it");
    }
    checkShares(setting.distribute(), path.field("distribute"), violations);
    for (int i = 0; i < setting.failover().size(); i++) {
      checkFailover(setting.failover().get(i), path.field("failover").index(i), violations);
    }
  }

  /** Checks the preference of zones: regions and zones follow by themselves, so no label may. */
  static void check(
      ZoneAwareLoadBalancerSetting setting,
      boolean outlier,
      FieldPath path,
      Violations violations) {
    if (setting.enabled().orElse(true)) {
      violations.warning(path, "", "not applied yet");
    }
    checkPriority(setting.failoverPriority(), path.field("failoverPriority"), violations);
    boolean failsOver = !setting.failover().isEmpty() || !setting.failoverPriority().isEmpty();
    if (failsOver && !outlier) {
      violations.warning(path, "", "nothing fails over without outlierDetection beside it");
    }
    for (int i = 0; i < setting.failover().size(); i++) {
      checkFailover(setting.failover().get(i), path.field("failover").index(i), violations);
    }
    violations.notNegative(path.field("minClusterSize"), setting.minClusterSize());
  }

  private static void checkPriority(List<String> labels, FieldPath path, Violations violations) {
    for (int i = 0; i < labels.size(); i++) {
      if (TOPOLOGY.contains(labels.get(i))) {
        violations.error(path.index(i), labels.get(i), "no label of region, zone or subzone here");
      }
    }
  }

  private static void checkShares(List<Distribute> shares, FieldPath path, Violations violations) {
    List<String> sources = new ArrayList<>();
    for (int i = 0; i < shares.size(); i++) {
      sources.add(shares.get(i).from());
      FieldPath to = path.index(i).field("to");
      long sum = 0;
      for (Map.Entry<String, Long> share : shares.get(i).to().entrySet()) {
        violations.range(to.field(share.getKey()), share.getValue(), 1, 100);
        sum += share.getValue();
      }
      if (sum != 100) {
        violations.conflict(to, "the sum of all weights is " + sum + " (expected: 100)");
      }
      checkApart(shares.get(i).to().keySet(), to, violations);
    }
    checkApart(sources, path, violations);
  }

  /** Localities of one list have nothing in common: where would traffic go? */
  private static void checkApart(
      Collection<String> localities, FieldPath path, Violations violations) {
    List<String> seen = new ArrayList<>();
    for (String locality : localities) {
      int star = locality.indexOf('*');
      if (locality.isEmpty()
          || locality.startsWith("/")
          || locality.endsWith("/")
          || locality.contains("//")
          || (star >= 0 && star < locality.length() - 1)) {
        violations.error(
            path, locality, "region, region/zone or region/zone/subzone, * at the end");
      } else if (seen.stream().anyMatch(other -> overlap(other, locality))) {
        violations.error(path, locality, "localities that do not overlap");
      }
      seen.add(locality);
    }
  }

  private static boolean overlap(String one, String other) {
    String[] left = one.split("/", 3);
    String[] right = other.split("/", 3);
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      if (left[i].equals(ANY) || right[i].equals(ANY)) {
        return true;
      }
      if (!left[i].equals(right[i])) {
        return false;
      }
    }
    return true;
  }

  private static void checkFailover(Failover failover, FieldPath path, Violations violations) {
    if (failover.from().equals(failover.to())) {
      violations.error(path.field("to"), failover.to(), "another region than from");
    }
    checkRegion(failover.from(), path.field("from"), violations);
    checkRegion(failover.to(), path.field("to"), violations);
  }

  private static void checkRegion(String region, FieldPath path, Violations violations) {
    if (region.indexOf('/') >= 0 || region.indexOf('*') >= 0) {
      violations.error(path, region, "a region, without zone and '*'");
    }
  }
}
