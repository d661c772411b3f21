package io.mooring.model.validation;

import io.mooring.model.networking.CorsPolicy;
import io.mooring.model.networking.HttpFaultInjection;
import io.mooring.model.networking.HttpMirrorPolicy;
import io.mooring.model.networking.HttpRetry;
import io.mooring.model.networking.HttpRewrite;
import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.Percent;
import io.mooring.model.networking.StringMatch;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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

  private static final Set<String> STATUSES = // https://www.iana.org/assignments/http-status-codes
      Set.of(
          ("100 101 102 103 200 201 202 203 204 205 206 207 208 226 300 301 302 303 304 305 307 308"
                  + " 400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418"
                  + " 421 422 423 424 425 426 428 429 431 451"
                  + " 500 501 502 503 504 505 506 507 508 510 511")
              .split(" "));
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");
  private static final double SMALLEST_PERCENT = 0.0001; // a millionth

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
            || retry.retryRemoteLocalities().isPresent())) {
      violations.conflict(
          path, "0 attempts turn retries off, yet they are configured (expected: attempts)");
    }
    retry
        .perTryTimeout()
        .ifPresent(timeout -> violations.positive(path.field("perTryTimeout"), timeout));
    retry.backoff().ifPresent(backoff -> violations.positive(path.field("backoff"), backoff));
    if (!retry.retryOn().isEmpty()) {
      for (String condition : retry.retryOn().split(",", -1)) {
        if (!RETRY_CONDITIONS.contains(condition) && !STATUSES.contains(condition)) {
          violations.error(
              path.field("retryOn"), condition, "conditions of Envoy's x-envoy-retry-on, or codes");
        }
      }
    }
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
      violations.warning(path, "", "has no effect without fixedDelay");
    }
    delay
        .fixedDelay()
        .ifPresent(duration -> violations.positive(path.field("fixedDelay"), duration));
    delay.percent().ifPresent(percent -> violations.range(path.field("percent"), percent, 0, 100));
    checkShare(delay.percentage(), path.field("percentage"), violations);
  }

  private static void checkAbort(
      HttpFaultInjection.Abort abort, FieldPath path, Violations violations) {
    if (abort.http2Error().isPresent()) {
      violations.conflict(path.field("http2Error"), "no proxy has it (expected: httpStatus)");
    } else if (abort.httpStatus().isPresent() && abort.grpcStatus().isPresent()) {
      violations.conflict(path, "2 answers (expected: one of httpStatus, grpcStatus)");
    } else if (abort.httpStatus().isEmpty() && abort.grpcStatus().isEmpty()) {
      violations.warning(path, "", "has no effect without httpStatus or grpcStatus");
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
    checkShare(abort.percentage(), path.field("percentage"), violations);
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
              if (regex.rewrite().isEmpty()) {
                violations.missing(at.field("rewrite"), "what takes the place of the match");
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
        .ifPresent(
            percent -> {
              violations.range(path.field("mirrorPercent"), percent, 0, 100);
              violations.warning(
                  path.field("mirrorPercent"), percent, "deprecated (expected: mirrorPercentage)");
            });
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
      checkOrigin(policy.allowOrigins().get(i), path.field("allowOrigins").index(i), violations);
    }
    for (int i = 0; i < policy.allowMethods().size(); i++) {
      if (!METHODS.contains(policy.allowMethods().get(i))) {
        violations.error(
            path.field("allowMethods").index(i),
            policy.allowMethods().get(i),
            "a method such as GET");
      }
    }
    checkNames(policy.allowHeaders(), path.field("allowHeaders"), violations);
    checkNames(policy.exposeHeaders(), path.field("exposeHeaders"), violations);
    policy.maxAge().ifPresent(age -> checkAge(age, path.field("maxAge"), violations));
  }

  private static void checkAge(Duration age, FieldPath path, Violations violations) {
    if (age.isNegative() || !age.equals(age.truncatedTo(ChronoUnit.SECONDS))) {
      violations.error(path, Violations.seconds(age), "whole seconds");
    } else {
      violations.positive(path, age);
    }
  }

  private static void checkOrigin(StringMatch origin, FieldPath path, Violations violations) {
    boolean empty =
        Stream.of(origin.exact(), origin.prefix(), origin.regex())
            .noneMatch(text -> text.filter(value -> !value.isEmpty()).isPresent());
    if (empty) {
      violations.missing(path, "one of exact, prefix, regex");
    } else {
      HttpMatchRules.checkString(origin, path, violations);
    }
  }

  private static void checkNames(List<String> names, FieldPath path, Violations violations) {
    for (int i = 0; i < names.size(); i++) {
      if (!Names.isHeader(names.get(i))) {
        violations.error(path.index(i), names.get(i), "a header name, or '*'");
      }
    }
  }

  /** Checks a share that is 0 or large enough for a proxy to draw. */
  private static void checkShare(Optional<Percent> percent, FieldPath path, Violations violations) {
    checkPercent(percent, path, violations);
    percent
        .map(Percent::value)
        .filter(share -> share > 0 && share < SMALLEST_PERCENT)
        .ifPresent(share -> violations.error(path.field("value"), share, "0, or 0.0001..100"));
  }

  private static void checkPercent(
      Optional<Percent> percent, FieldPath path, Violations violations) {
    percent.ifPresent(share -> violations.percent(path.field("value"), share.value()));
  }
}
