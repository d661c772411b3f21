package io.mooring.model.validation;

import io.mooring.model.networking.ConsistentHashLb;
import io.mooring.model.networking.LoadBalancerSettings;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Rules of load balancing. */
final class LoadBalancerRules {

  private static final long MAX_TABLE = 5_000_011; // Envoy

  private LoadBalancerRules() {}

  static void check(
      LoadBalancerSettings balancer, boolean outlier, FieldPath path, Violations violations) {
    if (balancer.simple().isPresent() && balancer.consistentHash().isPresent()) {
      violations.conflict(path.field("consistentHash"), "excludes simple (expected: one of both)");
    }
    balancer
        .consistentHash()
        .ifPresent(hash -> checkHash(hash, path.field("consistentHash"), violations));
    balancer
        .localityLbSetting()
        .ifPresent(
            setting ->
                LocalityRules.check(setting, outlier, path.field("localityLbSetting"), violations));
    balancer
        .zoneAwareLbSetting()
        .ifPresent(
            setting ->
                LocalityRules.check(
                    setting, outlier, path.field("zoneAwareLbSetting"), violations));
    if (balancer.localityLbSetting().isPresent() && balancer.zoneAwareLbSetting().isPresent()) {
      violations.conflict(
          path.field("zoneAwareLbSetting"), "excludes localityLbSetting (expected: one of both)");
    }
    violations.positive(path.field("warmupDurationSecs"), balancer.warmupDurationSecs());
    balancer.warmup().ifPresent(warmup -> checkWarmup(warmup, path.field("warmup"), violations));
  }

  private static void checkWarmup(
      LoadBalancerSettings.Warmup warmup, FieldPath path, Violations violations) {
    if (warmup.duration().isEmpty()) {
      violations.missing(path.field("duration"), "a duration");
    }
    warmup.duration().ifPresent(duration -> violations.positive(path.field("duration"), duration));
    warmup
        .minimumPercent()
        .ifPresent(percent -> violations.percent(path.field("minimumPercent"), percent));
    warmup
        .aggression()
        .ifPresent(
            aggression -> {
              if (aggression < 1) {
                violations.error(path.field("aggression"), aggression, "1 or more");
              }
            });
  }

  private static void checkHash(ConsistentHashLb hash, FieldPath path, Violations violations) {
    int keys =
        (hash.httpHeaderName().isPresent() ? 1 : 0)
            + (hash.httpCookie().isPresent() ? 1 : 0)
            + (hash.useSourceIp().isPresent() ? 1 : 0)
            + (hash.httpQueryParameterName().isPresent() ? 1 : 0);
    String one =
        " hash keys (expected: one of httpHeaderName, httpCookie, useSourceIp, "
            + "httpQueryParameterName)";
    if (keys > 1) {
      violations.conflict(path, keys + one);
    } else if (keys == 0) {
      violations.warning(path, "", "0" + one + ": any endpoint is chosen");
    }
    if (hash.ringHash().isPresent() && hash.maglev().isPresent()) {
      violations.conflict(path.field("maglev"), "excludes ringHash (expected: one of both)");
    }
    hash.minimumRingSize().ifPresent(size -> checkMinimum(hash, path, size, violations));
    hash.maglev()
        .ifPresent(
            maglev -> checkTable(maglev.tableSize().orElse(0), path.field("maglev"), violations));
    hash.httpCookie()
        .ifPresent(cookie -> checkCookie(cookie, path.field("httpCookie"), violations));
  }

  private static void checkCookie(
      ConsistentHashLb.HttpCookie cookie, FieldPath path, Violations violations) {
    if (cookie.name().isEmpty()) {
      violations.missing(path.field("name"), "the name of a cookie");
    }
    cookie
        .ttl()
        .filter(Duration::isNegative)
        .ifPresent(
            ttl -> violations.error(path.field("ttl"), Violations.seconds(ttl), "0 or more"));
    Set<String> names = new HashSet<>();
    for (int i = 0; i < cookie.attributes().size(); i++) {
      String name = cookie.attributes().get(i).name();
      FieldPath at = path.field("attributes").index(i).field("name");
      if (name.isEmpty()) {
        violations.missing(at, "the name of an attribute");
      } else if (!names.add(name)) {
        violations.error(at, name, "each attribute once");
      }
    }
  }

  private static void checkMinimum(
      ConsistentHashLb hash, FieldPath path, long size, Violations violations) {
    violations.warning(
        path.field("minimumRingSize"), size, "deprecated (expected: ringHash.minimumRingSize)");
    if (size != 0 && (hash.ringHash().isPresent() || hash.maglev().isPresent())) {
      violations.conflict(
          path.field("minimumRingSize"), "excludes ringHash and maglev (expected: one)");
    }
  }

  private static void checkTable(long size, FieldPath path, Violations violations) {
    if (size <= 0 || size >= MAX_TABLE || !BigInteger.valueOf(size).isProbablePrime(64)) {
      violations.error(path.field("tableSize"), size, "a prime number below " + MAX_TABLE);
    }
  }
}
