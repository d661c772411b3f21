package io.mooring.identity.enroll;

import java.util.Locale;

/** Thrown when a certified VM may not register as what it claims to be. */
public final class EnrollmentRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why. Its text is stable: the VM is told it. */
  public enum Reason {
    /** The group does not exist. */
    UNKNOWN_GROUP,
    /** The WorkloadEntry that the node says is its own does not exist. */
    UNKNOWN_ENTRY,
    /** The namespace is not that of the certificate. */
    NAMESPACE_MISMATCH,
    /** The service account is not that of the certificate. */
    SERVICE_ACCOUNT_MISMATCH,
    /** The certificate is not one of the group's. */
    IDENTITY_MISMATCH,
    /** The node says no address, or one that no peer could reach. */
    INVALID_ADDRESS,
    /** The node claims another address than it calls from, and may not. */
    ADDRESS_MISMATCH,
    /** The node's id cannot be part of an object's name. */
    INVALID_WORKLOAD_ID,
    /** The network's name cannot be part of an object's name. */
    INVALID_NETWORK,
    /** A label is no Kubernetes label. */
    INVALID_LABELS,
    /** Group and node make no valid entry together, e.g. the node's locality is too long. */
    INVALID_ENTRY,
    /** An entry of this name exists and is not one of the group's. */
    ENTRY_TAKEN,
    /** The entry cannot be stored now; try again. */
    UNAVAILABLE;

    /** Returns the name in lower case with dashes, e.g. {@code unknown-group}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Reason reason;

  EnrollmentRefusedException(Reason reason, String detail) {
    super(reason + ": " + detail);
    this.reason = reason;
  }

  EnrollmentRefusedException(Reason reason, String detail, Throwable cause) {
    super(reason + ": " + detail, cause);
    this.reason = reason;
  }

  /** Returns why. */
  public Reason reason() {
    return reason;
  }
}
