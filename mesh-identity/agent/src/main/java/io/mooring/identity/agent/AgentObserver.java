package io.mooring.identity.agent;

import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.SpiffeId;
import java.time.Duration;
import java.time.Instant;

/**
 * Is told what happens to an agent. Every method does nothing unless overridden. Calls come from
 * the agent's own threads, one at a time for each kind of event, and must not block; nothing that
 * is handed over is secret.
 *
 * @see #logging()
 */
public interface AgentObserver {

  /** Returns an observer that logs each event once, as {@code key=value}. */
  static AgentObserver logging() {
    return new LoggingAgentObserver();
  }

  /** The VM has an SVID for the first time, or found a valid one in its state directory. */
  default void joined(SpiffeId id, Instant expiry) {}

  /** The first join could not reach the control plane and is tried again. */
  default void joinDelayed(String reason, Duration retryAfter) {}

  /** A new SVID took the place of the one before. */
  default void renewed(SpiffeId id, Instant expiry) {}

  /** Other roots vouch for the mesh, between two renewals: they are served from now on. */
  default void trustBundleChanged(TrustBundle bundle) {}

  /** A renewal failed and is tried again; the SVID at hand goes on serving. */
  default void renewalFailed(String reason, Duration retryAfter) {}

  /** Renewals have failed for so long that the end of the SVID is near. Once for each SVID. */
  default void expiresSoon(SpiffeId id, Instant expiry, String reason) {}

  /** The SVID has ended; the agent goes on trying. Once for each SVID. */
  default void expired(SpiffeId id, Instant expiry, String reason) {}

  /** Envoy refused a secret and goes on with the one before. */
  default void secretRejected(String secret, String version, String detail) {}

  /** The certificate files could not be replaced and are those of before; the next change tries. */
  default void certificateFilesFailed(String reason) {}

  /** The workload became healthy or unhealthy, or its first state is known. */
  default void healthChanged(boolean healthy, String reason) {}

  /** An Envoy process runs. */
  default void envoyStarted(long pid) {}

  /** Envoy ended by itself and is started again. */
  default void envoyEnded(int exitCode, Duration restartAfter) {}
}
