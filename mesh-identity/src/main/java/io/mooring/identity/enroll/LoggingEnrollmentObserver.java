package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.spiffe.SpiffeId;
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
}
