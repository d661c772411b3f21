package io.mooring.registry;

import static java.util.Objects.requireNonNull;

/**
 * The sign of life of one control-plane replica, in the store that it shares with others.
 * Immutable.
 *
 * <p>A replica renews its lease every few seconds. Who sees the same version for too long by its
 * own clock deletes the lease, and with that has fenced the other off: its next renewal fails. No
 * two clocks are ever compared. In Kubernetes this is an object of {@code coordination.k8s.io}, in
 * etcd a key.
 *
 * @param holder the replica, and which of its runs: never used again once the lease has ended
 * @param renewals how often it was renewed
 */
public record ReplicaLease(String holder, long renewals) {

  public ReplicaLease {
    if (requireNonNull(holder, "holder").isEmpty() || renewals < 0) {
      throw new IllegalArgumentException(
          "lease '" + holder + "' with " + renewals + " renewals (expected: a holder, 0 or more)");
    }
  }

  /** Returns the lease when it was renewed once more. */
  public ReplicaLease renewed() {
    return new ReplicaLease(holder, renewals + 1);
  }
}
