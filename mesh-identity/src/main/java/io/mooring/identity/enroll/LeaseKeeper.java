package io.mooring.identity.enroll;

import io.mooring.registry.LeaseStore;
import io.mooring.registry.ReplicaLease;
import io.mooring.registry.Versioned;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This replica's lease, and what it knows of the leases of others. Confined to the registrar's
 * executor.
 *
 * <p>Another's lease has ended when it is not in the store, or when it was seen unchanged {@link
 * #PATIENCE} times, at this replica's own pace: a replica that was itself asleep does not take the
 * others for dead.
 */
final class LeaseKeeper {

  private static final int PATIENCE = 3;

  private final LeaseStore store;
  private final Supplier<String> newHolder;
  private final EnrollmentObserver observer;
  private final Map<String, Sight> aliveByHolder = new HashMap<>();
  private final Set<String> ended = new HashSet<>();
  private @Nullable Versioned<ReplicaLease> own;
  private long claims;

  /** How often a lease of another was seen at one version. */
  private record Sight(String version, int times) {}

  /** Creates a keeper without a lease; {@code newHolder} gives a name that was never used. */
  LeaseKeeper(LeaseStore store, Supplier<String> newHolder, EnrollmentObserver observer) {
    this.observer = observer;
    this.store = store;
    this.newHolder = newHolder;
  }

  /** Returns the holder of this replica's lease, which is taken if there is none. */
  String holder() {
    Versioned<ReplicaLease> held = own;
    if (held == null) {
      held =
          store
              .put(new ReplicaLease(newHolder.get(), 0), Versioned.ABSENT)
              .orElseThrow(() -> new IllegalStateException("a new holder has a lease already"));
      own = held;
    }
    return held.value().holder();
  }

  /**
   * Says that this replica lives, and looks after the others.
   *
   * @return whether the lease that it had is still its own; if not, it has a new one, and others
   *     may have given away what was held under the old
   */
  boolean renew() {
    boolean kept = true;
    if (own != null) {
      Optional<Versioned<ReplicaLease>> renewed = store.put(own.value().renewed(), own.version());
      kept = renewed.isPresent();
      own = renewed.orElse(null);
    }
    String self = holder();
    List<Versioned<ReplicaLease>> all = store.list();
    Set<String> present = new HashSet<>();
    for (Versioned<ReplicaLease> lease : all) {
      if (!lease.value().holder().equals(self)) {
        present.add(lease.value().holder());
        look(lease);
      }
    }
    aliveByHolder.keySet().retainAll(present);
    return kept;
  }

  private void look(Versioned<ReplicaLease> lease) {
    String holder = lease.value().holder();
    Sight last = aliveByHolder.get(holder);
    int times = last != null && last.version().equals(lease.version()) ? last.times() + 1 : 0;
    if (times < PATIENCE) {
      aliveByHolder.put(holder, new Sight(lease.version(), times));
    } else if (store.delete(holder, lease.version())) {
      observer.replicaGone(holder);
      aliveByHolder.remove(holder);
      ended.add(holder);
    }
  }

  /** Returns whether anything may be held under this lease. */
  boolean isAlive(String holder) {
    if (holder.isEmpty() || ended.contains(holder)) {
      return false;
    }
    if (aliveByHolder.containsKey(holder) || holder.equals(holder())) {
      return true;
    }
    // Of a replica that began since the last renewal, or one that has ended: it will not come back.
    boolean alive = store.list().stream().anyMatch(lease -> lease.value().holder().equals(holder));
    if (!alive) {
      ended.add(holder);
    }
    return alive;
  }

  /** Forgets those that ended, but for {@code stillNamed}. */
  void forgetAllBut(Set<String> stillNamed) {
    ended.retainAll(stillNamed);
  }

  /** Returns the number of the next claim under this replica's lease. */
  long nextClaim() {
    return ++claims;
  }

  /** Returns whether another replica may be alive. */
  boolean hasPeers() {
    return !aliveByHolder.isEmpty() || store.list().size() > 1; // one may have begun just now
  }

  /** Ends this replica's lease, if nobody else has. */
  void end() {
    if (own != null) {
      store.delete(own.value().holder(), own.version());
      own = null;
    }
  }
}
