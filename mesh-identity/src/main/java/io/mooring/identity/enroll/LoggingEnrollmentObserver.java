package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.spiffe.SpiffeId;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes enrolment to the log. Thread-safe. */
final class LoggingEnrollmentObserver implements EnrollmentObserver {

  private static final Logger LOG = LoggerFactory.getLogger(WorkloadRegistrar.class);

  @Override
  public void registered(ConfigKey entry, SpiffeId identity) {
    LOG.info("workload registered entry={} identity={}", entry, identity);
  }

  @Override
  public void removed(ConfigKey entry, String reason) {
    LOG.info("workload removed entry={} reason={}", entry, reason);
  }

  @Override
  public void refused(EnrollmentRequest request, EnrollmentRefusedException refusal) {
    String detail = String.valueOf(refusal.getMessage()).replaceAll("[^\\x20-\\x7e]", "?");
    LOG.info(
        "workload refused identity={} reason={} detail=\"{}\"",
        request.identity(),
        refusal.reason(),
        detail.replace('"', '\'').substring(0, Math.min(detail.length(), 300)));
  }

  @Override
  public void replicaGone(String holder) {
    LOG.info("replica gone holder={}", holder);
  }

  @Override
  public void leaseLost() {
    LOG.warn(
        "lease lost hint=\"this replica was silent for too long, or could not reach its store; its"
            + " VMs are claimed anew\"");
  }

  @Override
  public void storeFailing(Object object, UncheckedIOException failure) {
    LOG.warn(
        "workload store failing object={} hint=\"tried again until it works\"", object, failure);
  }
}
