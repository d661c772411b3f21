package io.mooring.identity.agent;

import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.SpiffeId;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line an event; a warning only where somebody should act. Thread-safe. */
final class LoggingAgentObserver implements AgentObserver {

  private static final Logger log = LoggerFactory.getLogger(VmAgent.class);

  @Override
  public void joined(SpiffeId id, Instant expiry) {
    log.info("event=joined spiffe_id={} expires={}", id, expiry);
  }

  @Override
  public void joinDelayed(String reason, Duration retryAfter) {
    log.info("event=join_delayed retry_after={} reason=\"{}\"", retryAfter, reason);
  }

  @Override
  public void renewed(SpiffeId id, Instant expiry) {
    log.info("event=svid_renewed spiffe_id={} expires={}", id, expiry);
  }

  @Override
  public void trustBundleChanged(TrustBundle bundle) {
    log.info(
        "event=trust_bundle_changed trust_domain={} roots={}",
        bundle.trustDomain(),
        bundle.roots().size());
  }

  @Override
  public void renewalFailed(String reason, Duration retryAfter) {
    log.debug("event=renewal_failed retry_after={} reason=\"{}\"", retryAfter, reason);
  }

  @Override
  public void expiresSoon(SpiffeId id, Instant expiry, String reason) {
    log.warn(
        "event=svid_expires_soon spiffe_id={} expires={} reason=\"{}\" hint=\"is the control plane"
            + " reachable from this VM?\"",
        id,
        expiry,
        reason);
  }

  @Override
  public void expired(SpiffeId id, Instant expiry, String reason) {
    log.warn(
        "event=svid_expired spiffe_id={} expired={} reason=\"{}\" hint=\"is the control plane"
            + " reachable? else write a new bundle over this VM's, or a new token into its token"
            + " file; the agent takes it by itself\"",
        id,
        expiry,
        reason);
  }

  @Override
  public void secretRejected(String secret, String version, String detail) {
    log.warn("event=secret_rejected secret={} version={} detail=\"{}\"", secret, version, detail);
  }

  @Override
  public void certificateFilesFailed(String reason) {
    log.warn("event=certificate_files_failed reason=\"{}\" hint=\"is the disk full?\"", reason);
  }

  @Override
  public void healthChanged(boolean healthy, String reason) {
    log.info("event=health_changed healthy={} reason=\"{}\"", healthy, reason);
  }

  @Override
  public void envoyStarted(long pid) {
    log.info("event=envoy_started pid={}", pid);
  }

  @Override
  public void envoyEnded(int exitCode, Duration restartAfter) {
    log.warn(
        "event=envoy_ended exit_code={} restart_after={} hint=\"see envoy.log in the state"
            + " directory\"",
        exitCode,
        restartAfter);
  }
}
