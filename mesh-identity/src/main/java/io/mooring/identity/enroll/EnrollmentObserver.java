package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.spiffe.SpiffeId;
import java.io.UncheckedIOException;

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

  /**
   * Another replica was silent for so long that it counts as gone; its VMs may come back here.
   *
   * @param holder its lease
   */
  void replicaGone(String holder);

  /** This replica was silent for so long that others took it for gone; it claims its VMs anew. */
  void leaseLost();

  /**
   * The store fails; told once until it works again. What failed is tried again.
   *
   * @param object what was to be written or read, e.g. the key of an entry
   */
  void storeFailing(Object object, UncheckedIOException failure);

  /**
   * Returns an observer that writes one line for each event: INFO, and WARN where an operator can
   * do something.
   */
  static EnrollmentObserver logging() {
    return new LoggingEnrollmentObserver();
  }
}
