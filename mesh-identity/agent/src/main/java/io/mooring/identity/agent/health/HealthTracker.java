package io.mooring.identity.agent.health;

import java.util.Optional;

/**
 * Turns results of single probes into a state: it changes after so many equal results in a row. The
 * first state is a change, too, since nothing is known before. No I/O; confined to the prober.
 */
final class HealthTracker {

  private final int successThreshold;
  private final int failureThreshold;
  private Optional<Boolean> known = Optional.empty();
  private boolean last;
  private int inARow;

  /** Creates a tracker of thresholds that are 1 or more. */
  HealthTracker(int successThreshold, int failureThreshold) {
    this.successThreshold = successThreshold;
    this.failureThreshold = failureThreshold;
  }

  /** Takes the next result; returns it if it is the new state. */
  Optional<Health> onResult(Health result) {
    inARow = result.healthy() == last ? inARow + 1 : 1;
    last = result.healthy();
    int threshold = result.healthy() ? successThreshold : failureThreshold;
    if (inARow < threshold || known.equals(Optional.of(result.healthy()))) {
      return Optional.empty();
    }
    known = Optional.of(result.healthy());
    return Optional.of(result);
  }
}
