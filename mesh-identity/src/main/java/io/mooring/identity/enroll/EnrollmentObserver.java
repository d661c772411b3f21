package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.spiffe.SpiffeId;

/**
 * Is told what becomes of VMs. Called on the registrar's executor, refusals on the caller's thread;
 * must return soon and not throw.
 */
public interface EnrollmentObserver {

  /** A VM that had no entry has one now. */
  void registered(ConfigKey entry, SpiffeId identity);

  /** An entry is gone: its VM is, or its group. */
  void removed(ConfigKey entry, String reason);

  /** A certified VM was refused. */
  void refused(EnrollmentRequest request, EnrollmentRefusedException refusal);

  /** Returns an observer that writes one INFO line for each event. */
  static EnrollmentObserver logging() {
    return new LoggingEnrollmentObserver();
  }
}
