package io.mooring.identity.agent;

import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.SpiffeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Writes down what it is told, without reasons.
 *
 * @param told takes the words; of a kind that any thread may add to
 */
record RecordingObserver(List<String> told) implements AgentObserver {

  @Override
  public void joinDelayed(String reason, Duration retryAfter) {
    told.add("joinDelayed");
  }

  @Override
  public void trustBundleChanged(TrustBundle bundle) {
    told.add("bundle " + bundle.roots().size());
  }

  @Override
  public void renewalFailed(String reason, Duration retryAfter) {
    told.add("renewalFailed");
  }

  @Override
  public void expired(SpiffeId id, Instant expiry, String reason) {
    told.add("expired");
  }
}
