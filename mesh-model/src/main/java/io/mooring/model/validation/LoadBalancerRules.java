package io.mooring.model.validation;

import io.mooring.model.networking.ConsistentHashLb;
import io.mooring.model.networking.LoadBalancerSettings;
import io.mooring.model.networking.LocalityLoadBalancerSetting;
import java.util.List;

/** Rules of load balancing. */
final class LoadBalancerRules {

  private LoadBalancerRules() {}

  static void check(LoadBalancerSettings balancer, FieldPath path, Violations violations) {
    if (balancer.simple().isPresent() && balancer.consistentHash().isPresent()) {
      violations.conflict(path.field("consistentHash"), "excludes simple (expected: one of both)");
    }
    balancer
        .consistentHash()
        .ifPresent(hash -> checkHash(hash, path.field("consistentHash"), violations));
    balancer
        .localityLbSetting()
        .ifPresent(setting -> checkLocality(setting, path.field("localityLbSetting"), violations));
    balancer
        .warmupDurationSecs()
        .ifPresent(duration -> violations.positive(path.field("warmupDurationSecs"), duration));
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
    if (keys != 1) {
      violations.conflict(
          path,
          keys
              + " hash keys (expected: one of httpHeaderName, httpCookie, useSourceIp,"
              + " httpQueryParameterName)");
    }
    if (hash.ringHash().isPresent() && hash.maglev().isPresent()) {
      violations.conflict(path.field("maglev"), "excludes ringHash (expected: one of both)");
    }
    hash.httpCookie()
        .filter(cookie -> cookie.name().isEmpty())
        .ifPresent(
            cookie ->
                violations.missing(path.field("httpCookie").field("name"), "the name of a cookie"));
    hash.httpCookie()
        .flatMap(ConsistentHashLb.HttpCookie::ttl)
        .filter(ttl -> ttl.isNegative())
        .ifPresent(
            ttl ->
                violations.error(
                    path.field("httpCookie").field("ttl"), Violations.seconds(ttl), "0 or more"));
  }

  private static void checkLocality(
      LocalityLoadBalancerSetting setting, FieldPath path, Violations violations) {
    if (setting.enabled().orElse(true)) {
      violations.warning(path, "", "not applied yet");
    }
    int ways =
        (setting.distribute().isEmpty() ? 0 : 1)
            + (setting.failover().isEmpty() ? 0 : 1)
            + (setting.failoverPriority().isEmpty() ? 0 : 1);
    if (!setting.distribute().isEmpty() && ways > 1) {
      violations.conflict(
          path.field("distribute"), "excludes failover and failoverPriority (expected: one)");
    }
    List<LocalityLoadBalancerSetting.Distribute> shares = setting.distribute();
    for (int i = 0; i < shares.size(); i++) {
      FieldPath to = path.field("distribute").index(i).field("to");
      long sum = 0;
      for (var share : shares.get(i).to().entrySet()) {
        violations.range(to.field(share.getKey()), share.getValue(), 1, 100);
        sum += share.getValue();
      }
      if (sum != 100) {
        violations.conflict(to, "the sum of all weights is " + sum + " (expected: 100)");
      }
    }
    for (int i = 0; i < setting.failover().size(); i++) {
      var failover = setting.failover().get(i);
      if (failover.from().equals(failover.to())) {
        violations.error(
            path.field("failover").index(i).field("to"), failover.to(), "another region than from");
      }
    }
  }
}
