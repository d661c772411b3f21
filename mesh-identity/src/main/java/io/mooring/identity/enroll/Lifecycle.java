package io.mooring.identity.enroll;

/**
 * The state machine of one VM's entry as one replica sees it: what to do in which situation. Pure;
 * the picture is in the package's description.
 */
final class Lifecycle {

  /** Whose the stored entry is. */
  enum Holder {
    /** There is no entry. */
    NOBODY,
    /** It is held under this replica's lease. */
    SELF,
    /** It is held under a lease that is alive, of another replica. */
    OTHER,
    /** This replica has let it go, and nobody has claimed it since. */
    RELEASED,
    /** It was let go by another, or the lease under which it was held has ended. */
    GONE,
    /** An entry of this name exists and is not this VM's. */
    STRANGER
  }

  /** What this replica does. */
  enum Action {
    /** Leave the entry, or its absence, as it is. */
    KEEP,
    /** Write the entry under this replica's lease, in a new epoch. */
    CLAIM,
    /** Bring the entry up to date within its epoch. */
    UPDATE,
    /** Delete the entry. */
    REMOVE,
    /** Think no more of this VM: it is another replica's, or nobody's. */
    FORGET
  }

  /**
   * All that counts. Immutable.
   *
   * @param connected the VM has a stream to this replica
   * @param admitted its group exists and has the VM's identity
   * @param newest a stream to this replica begins just now: the last one to begin wins the entry
   * @param overdue the VM has had its time to come back: the grace period if this replica holds the
   *     entry or has let it go, the return window if its holder has gone
   */
  record Situation(
      Holder holder, boolean connected, boolean admitted, boolean newest, boolean overdue) {}

  private Lifecycle() {}

  static Action next(Situation now) {
    return switch (now.holder()) {
      case NOBODY ->
          now.connected() ? (now.admitted() ? Action.CLAIM : Action.KEEP) : Action.FORGET;
      case SELF ->
          now.admitted() && (now.connected() || !now.overdue()) ? Action.UPDATE : Action.REMOVE;
      case RELEASED -> {
        if (now.connected()) {
          yield now.admitted() ? Action.CLAIM : Action.REMOVE;
        }
        yield now.overdue() || !now.admitted() ? Action.REMOVE : Action.KEEP;
      }
      case GONE -> {
        if (now.connected()) {
          yield now.admitted() ? Action.CLAIM : Action.REMOVE;
        }
        yield now.overdue() ? Action.REMOVE : Action.FORGET;
      }
      case OTHER -> {
        if (now.connected()) {
          yield now.newest() && now.admitted() ? Action.CLAIM : Action.KEEP;
        }
        yield Action.FORGET;
      }
      case STRANGER -> now.connected() ? Action.KEEP : Action.FORGET;
    };
  }
}
