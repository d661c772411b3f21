package io.mooring.model.validation;

import io.mooring.model.networking.CorsPolicy;
import io.mooring.model.networking.HttpFaultInjection;
import io.mooring.model.networking.HttpMirrorPolicy;
import io.mooring.model.networking.HttpRetry;
import io.mooring.model.networking.HttpRewrite;
import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.Percent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Rules of what an HTTP route does besides routing: timeout, retries, faults, mirrors, CORS. */
final class HttpPolicyRules {

  private static final Set<String> RETRY_CONDITIONS =
      Set.of(
          "5xx",
          "gateway-error",
          "reset",
          "reset-before-request",
          "connect-failure",
          "envoy-ratelimited",
          "retriable-4xx",
          "refused-stream",
          "retriable-status-codes",
          "retriable-headers",
          "http3-post-connect-failure",
          "cancelled",
          "deadline-exceeded",
          "internal",
          "resource-exhausted",
          "unavailable");
  private static final Set<String> GRPC_STATUSES =
      Set.of(
          "OK",
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  private HttpPolicyRules() {}

  static void check(HttpRoute route, FieldPath path, Violations violations) {
    route.timeout().ifPresent(timeout -> violations.positive(path.field("timeout"), timeout));
    route.retries().ifPresent(retry -> checkRetry(retry, path.field("retries"), violations));
    route.fault().ifPresent(fault -> checkFault(fault, path.field("fault"), violations));
    route.rewrite().ifPresent(rewrite -> checkRewrite(rewrite, path.field("rewrite"), violations));
    checkMirrors(route, path, violations);
    route.corsPolicy().ifPresent(policy -> checkCors(policy, path.field("corsPolicy"), violations));
  }

  private static void checkRetry(HttpRetry retry, FieldPath path, Violations violations) {
    if (retry.attempts() < 0) {
      violations.error(path.field("attempts"), retry.attempts(), "0 or more");
    }
    if (retry.attempts() == 0
        && (retry.perTryTimeout().isPresent()
            || !retry.retryOn().isEmpty()
            || retry.backoff().isPresent())) {
      violations.conflict(
          path, "0 attempts turn retries off, yet they are configured (expected: attempts)");
    }
    retry
        .perTryTimeout()
        .ifPresent(timeout -> violations.positive(path.field("perTryTimeout"), timeout));
    retry.backoff().ifPresent(backoff -> violations.positive(path.field("backoff"), backoff));
    if (!retry.retryOn().isEmpty()) {
      for (String condition : retry.retryOn().split(",", -1)) {
        if (!RETRY_CONDITIONS.contains(condition.trim()) && !isStatus(condition.trim())) {
          violations.error(
              path.field("retryOn"), condition, "conditions of Envoy's x-envoy-retry-on, or codes");
        }
      }
    }
  }

  private static boolean isStatus(String text) {
    return text.length() == 3
        && text.chars().allMatch(c -> c >= '0' && c <= '9')
        && text.charAt(0) >= '1'
        && text.charAt(0) <= '5';
  }

  private static void checkFault(HttpFaultInjection fault, FieldPath path, Violations violations) {
    if (fault.delay().isEmpty() && fault.abort().isEmpty()) {
      violations.missing(path, "delay, abort or both");
    }
    fault.delay().ifPresent(delay -> checkDelay(delay, path.field("delay"), violations));
    fault.abort().ifPresent(abort -> checkAbort(abort, path.field("abort"), violations));
  }

  private static void checkDelay(
      HttpFaultInjection.Delay delay, FieldPath path, Violations violations) {
    if (delay.exponentialDelay().isPresent()) {
      violations.conflict(path.field("exponentialDelay"), "no proxy has it (expected: fixedDelay)");
    } else if (delay.fixedDelay().isEmpty()) {
      violations.missing(path.field("fixedDelay"), "a duration");
    }
    delay
        .fixedDelay()
        .ifPresent(duration -> violations.positive(path.field("fixedDelay"), duration));
    delay.percent().ifPresent(percent -> violations.range(path.field("percent"), percent, 0, 100));
    checkPercent(delay.percentage(), path.field("percentage"), violations);
  }

  private static void checkAbort(
      HttpFaultInjection.Abort abort, FieldPath path, Violations violations) {
    if (abort.http2Error().isPresent()) {
      violations.conflict(path.field("http2Error"), "no proxy has it (expected: httpStatus)");
    } else if (abort.httpStatus().isPresent() == abort.grpcStatus().isPresent()) {
      violations.missing(path, "one of httpStatus, grpcStatus");
    }
    abort
        .httpStatus()
        .ifPresent(status -> violations.range(path.field("httpStatus"), status, 200, 599));
    abort
        .grpcStatus()
        .filter(status -> !GRPC_STATUSES.contains(status))
        .ifPresent(
            status ->
                violations.error(
                    path.field("grpcStatus"), status, "a gRPC status such as UNAVAILABLE"));
    checkPercent(abort.percentage(), path.field("percentage"), violations);
  }

  private static void checkRewrite(HttpRewrite rewrite, FieldPath path, Violations violations) {
    if (rewrite.uri().isEmpty()
        && rewrite.authority().isEmpty()
        && rewrite.uriRegexRewrite().isEmpty()) {
      violations.missing(path, "at least one of uri, authority, uriRegexRewrite");
    }
    rewrite
        .uriRegexRewrite()
        .ifPresent(
            regex -> {
              FieldPath at = path.field("uriRegexRewrite");
              if (!rewrite.uri().isEmpty()) {
                violations.conflict(at, "excludes uri (expected: one of both)");
              }
              if (regex.match().isEmpty()) {
                violations.missing(at.field("match"), "an RE2 expression");
              }
              HttpMatchRules.checkRegex(regex.match(), at.field("match"), violations);
            });
  }

  private static void checkMirrors(HttpRoute route, FieldPath path, Violations violations) {
    route
        .mirror()
        .ifPresent(mirror -> RouteDestinationRules.check(mirror, path.field("mirror"), violations));
    if (route.mirror().isPresent() && !route.mirrors().isEmpty()) {
      violations.conflict(path.field("mirrors"), "excludes mirror (expected: one of both)");
    }
    route
        .mirrorPercent()
        .ifPresent(percent -> violations.range(path.field("mirrorPercent"), percent, 0, 100));
    checkPercent(route.mirrorPercentage(), path.field("mirrorPercentage"), violations);
    List<HttpMirrorPolicy> mirrors = route.mirrors();
    for (int i = 0; i < mirrors.size(); i++) {
      FieldPath at = path.field("mirrors").index(i);
      RouteDestinationRules.check(
          mirrors.get(i).destination(), at.field("destination"), violations);
      checkPercent(mirrors.get(i).percentage(), at.field("percentage"), violations);
    }
  }

  private static void checkCors(CorsPolicy policy, FieldPath path, Violations violations) {
    for (int i = 0; i < policy.allowOrigins().size(); i++) {
      HttpMatchRules.checkString(
          policy.allowOrigins().get(i), path.field("allowOrigins").index(i), violations);
    }
    checkNames(policy.allowMethods(), path.field("allowMethods"), violations);
    checkNames(policy.allowHeaders(), path.field("allowHeaders"), violations);
    checkNames(policy.exposeHeaders(), path.field("exposeHeaders"), violations);
    policy
        .maxAge()
        .filter(age -> age.isNegative() || !age.equals(Duration.ofSeconds(age.toSeconds())))
        .ifPresent(
            age ->
                violations.error(path.field("maxAge"), Violations.seconds(age), "whole seconds"));
  }

  private static void checkNames(List<String> names, FieldPath path, Violations violations) {
    for (int i = 0; i < names.size(); i++) {
      if (!Names.isHeader(names.get(i))) { // methods have the same syntax, and "*" fits it
        violations.error(path.index(i), names.get(i), "an HTTP token");
      }
    }
  }

  private static void checkPercent(
      Optional<Percent> percent, FieldPath path, Violations violations) {
    percent.ifPresent(share -> violations.percent(path.field("value"), share.value()));
  }
}
