package io.mooring.xds.translate.route;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.mooring.model.networking.HttpRetry;
import io.mooring.xds.resource.Pack;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Translates the retries of a rule. */
final class Retries {

  private static final String DEFAULT_CONDITIONS =
      "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";

  private static final String BY_STATUS = "retriable-status-codes";

  private static final int DEFAULT_ATTEMPTS = 2;
  private static final int HOST_SELECTION_ATTEMPTS = 5;
  private static final int PRIORITY_UPDATE_FREQUENCY = 2;

  private static final RetryPolicy.RetryHostPredicate OTHER_HOST =
      RetryPolicy.RetryHostPredicate.newBuilder()
          .setName("envoy.retry_host_predicates.previous_hosts")
          .setTypedConfig(Pack.any(PreviousHostsPredicate.getDefaultInstance()))
          .build();

  private static final RetryPolicy.RetryPriority OTHER_PRIORITY =
      RetryPolicy.RetryPriority.newBuilder()
          .setName("envoy.retry_priorities.previous_priorities")
          .setTypedConfig(
              Pack.any(
                  PreviousPrioritiesConfig.newBuilder()
                      .setUpdateFrequency(PRIORITY_UPDATE_FREQUENCY)
                      .build()))
          .build();

  /**
   * What holds unless a rule says else: only failures in which no request was processed.
   *
   * @see <a href="https://istio.io/latest/docs/concepts/traffic-management/#retries">Retries</a>
   */
  static final RetryPolicy DEFAULT =
      RetryPolicy.newBuilder()
          .setRetryOn(DEFAULT_CONDITIONS)
          .setNumRetries(UInt32Value.of(DEFAULT_ATTEMPTS))
          .addRetryHostPredicate(OTHER_HOST)
          .setHostSelectionRetryMaxAttempts(HOST_SELECTION_ATTEMPTS)
          .build();

  private Retries() {}

  /**
   * Returns the retry policy, absent where retries are switched off.
   *
   * @param hashed whether the endpoint follows from a hash of the request: then a retry must be
   *     allowed to go to the same one
   */
  static Optional<RetryPolicy> of(Optional<HttpRetry> retry, boolean hashed) {
    if (retry.isEmpty()) {
      return Optional.of(hashed ? DEFAULT.toBuilder().clearRetryHostPredicate().build() : DEFAULT);
    }
    HttpRetry rule = retry.get();
    if (rule.attempts() <= 0) {
      return Optional.empty();
    }
    RetryPolicy.Builder policy =
        RetryPolicy.newBuilder()
            .setNumRetries(UInt32Value.of(rule.attempts()))
            .setHostSelectionRetryMaxAttempts(HOST_SELECTION_ATTEMPTS);
    setConditions(policy, rule.retryOn());
    if (!hashed && rule.retryIgnorePreviousHosts().orElse(true)) {
      policy.addRetryHostPredicate(OTHER_HOST);
    }
    rule.perTryTimeout().ifPresent(timeout -> policy.setPerTryTimeout(Durations.proto(timeout)));
    rule.backoff()
        .ifPresent(
            backoff -> policy.getRetryBackOffBuilder().setBaseInterval(Durations.proto(backoff)));
    if (rule.retryRemoteLocalities().orElse(false)) {
      policy.setRetryPriority(OTHER_PRIORITY);
    }
    return Optional.of(policy.build());
  }

  /** Numbers among the conditions are status codes. */
  private static void setConditions(RetryPolicy.Builder policy, String retryOn) {
    if (retryOn.isBlank()) {
      policy.setRetryOn(DEFAULT_CONDITIONS);
      return;
    }
    List<String> conditions = new ArrayList<>();
    for (String part : retryOn.split(",", -1)) {
      String condition = part.strip();
      if (condition.matches("[1-5][0-9]{2}")) {
        policy.addRetriableStatusCodes(Integer.parseInt(condition));
      } else if (!condition.isEmpty()) {
        conditions.add(condition);
      }
    }
    if (policy.getRetriableStatusCodesCount() > 0 && !conditions.contains(BY_STATUS)) {
      conditions.add(BY_STATUS);
    }
    policy.setRetryOn(String.join(",", conditions));
  }
}
