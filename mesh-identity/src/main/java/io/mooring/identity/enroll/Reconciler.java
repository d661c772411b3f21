package io.mooring.identity.enroll;

import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.identity.enroll.Entries.Change;
import io.mooring.identity.enroll.Entries.Result;
import io.mooring.identity.enroll.Lifecycle.Action;
import io.mooring.identity.enroll.Lifecycle.Holder;
import io.mooring.identity.enroll.Lifecycle.Situation;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.service.AdminState;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings entries of the store where the state machine wants them. Confined to the registrar's
 * executor; every method that writes throws {@link java.io.UncheckedIOException} if the store
 * fails.
 */
final class Reconciler {

  private final Entries entries;
  private final LeaseKeeper leases;
  private final RegistrarOptions options;

  Reconciler(Entries entries, LeaseKeeper leases, RegistrarOptions options) {
    this.entries = entries;
    this.leases = leases;
    this.options = options;
  }

  /** Returns the VM's group, or throws why it may not be a member. Thread-safe. */
  WorkloadGroup admit(EnrollmentRequest request) {
    WorkloadGroup group =
        options
            .groups()
            .find(request.groupKey())
            .orElseThrow(
                () ->
                    new EnrollmentRefusedException(
                        request.manual() ? Reason.UNKNOWN_ENTRY : Reason.UNKNOWN_GROUP,
                        "there is no " + request.groupKey()));
    EnrollmentPolicy.checkGroup(request, group);
    return group;
  }

  /** Returns why the VM may not be a member now; empty if it may. */
  Optional<Reason> refusal(EnrollmentRequest request) {
    try {
      admit(request);
      return Optional.empty();
    } catch (EnrollmentRefusedException e) {
      return Optional.of(e.reason());
    }
  }

  /** Returns the key of the VM's entry, if it has one; else the first that is free. */
  ConfigKey key(EnrollmentRequest request, Map<ConfigKey, Member> membersByEntry) {
    @Nullable ConfigKey free = null;
    for (ConfigKey candidate : EntryKeys.candidates(request)) {
      Optional<WorkloadEntry> stored = entries.get(candidate);
      @Nullable Member member = membersByEntry.get(candidate);
      if (stored.isPresent()
          ? Member.owns(stored.get(), request)
          : member != null && member.isVmOf(request)) {
        return candidate;
      }
      if (stored.isPresent() && EntryKeys.groupOf(stored.get()).isEmpty()) {
        throw new EnrollmentRefusedException(
            Reason.ENTRY_TAKEN,
            candidate
                + " was written by somebody (expected: one that enrolment made, or none): delete"
                + " it, or give the VM a WORKLOAD_ID, or let it say WORKLOAD_ENTRY '"
                + candidate.name()
                + "' instead of its group");
      }
      if (free == null && stored.isEmpty() && member == null) {
        free = candidate;
      }
    }
    if (free == null) {
      throw new EnrollmentRefusedException(
          Reason.ENTRY_TAKEN, EntryKeys.candidates(request) + " belong to other VMs");
    }
    return free;
  }

  /** Does what the state machine says of the VM's entry. */
  Result reconcile(Member member, boolean newest, boolean overdue) {
    Optional<WorkloadGroup> group =
        refusal(member.request()).isPresent()
            ? Optional.empty()
            : Optional.of(admit(member.request()));
    return entries.change(member.entry, stored -> decide(member, stored, group, newest, overdue));
  }

  private Change decide(
      Member member,
      Optional<WorkloadEntry> stored,
      Optional<WorkloadGroup> group,
      boolean newest,
      boolean overdue) {
    Holder holder = holder(stored, member);
    Action action =
        Lifecycle.next(
            new Situation(
                holder,
                member.connected(),
                group.isPresent(),
                newest,
                overdue && holder != Holder.GONE)); // its window is another, see Orphans
    if (action == Action.REMOVE) {
      return removal(stored.orElseThrow());
    }
    if (action != Action.CLAIM && action != Action.UPDATE) {
      return Change.none(action);
    }
    EntryLease lease = stored.map(EntryLease::of).orElse(EntryLease.NONE);
    WorkloadEntry wanted =
        stored
            .filter(EntryKeys::isManual)
            .map(own -> EntryStatus.taken(own, member.request().healthChecked()))
            .orElseGet(
                () ->
                    EntryTemplate.entry(
                        member.entry, group.orElseThrow(), member.request(), options.nodeLabels()));
    wanted = member.withStatus(stored, wanted, options.clock());
    EntryLease held =
        action == Action.CLAIM ? lease.claimedBy(leases.holder(), leases.nextClaim()) : lease;
    return new Change(action, Optional.of(held.writeTo(wanted)));
  }

  /**
   * What the operator said of a VM is kept until the operator takes it back; what somebody wrote is
   * given back.
   */
  private static Change removal(WorkloadEntry stored) {
    if (EntryKeys.isManual(stored)) {
      return new Change(Action.REMOVE, Optional.of(EntryStatus.givenBack(stored)));
    }
    return new Change(
        Action.REMOVE, Optional.of(stored).filter(EntryStatus::isKept).map(EntryStatus::departed));
  }

  /** Returns whose the stored entry is; without a member, its id does not matter. */
  Holder holder(Optional<WorkloadEntry> stored, @Nullable Member member) {
    if (stored.isEmpty()) {
      return Holder.NOBODY;
    }
    if (member != null && !member.owns(stored.get())) {
      return Holder.STRANGER;
    }
    EntryLease lease = EntryLease.of(stored.get());
    boolean isUntaken = EntryKeys.isManual(stored.get()) && lease.holder().isEmpty();
    if (isUntaken || EntryStatus.isDeparted(stored.get())) {
      return Holder.NOBODY;
    }
    if (lease.holder().equals(leases.holder())) {
      return lease.released() ? Holder.RELEASED : Holder.SELF;
    }
    return !lease.released() && leases.isAlive(lease.holder()) ? Holder.OTHER : Holder.GONE;
  }

  /** Returns an overlay of an entry that somebody wrote, whose VM is not connected. */
  Optional<WorkloadEntry> overlay(ConfigKey entry, AdminState wanted) {
    return wanted == AdminState.ENABLED || !entry.kind().equals("WorkloadEntry")
        ? Optional.empty()
        : options
            .groups()
            .find(entry)
            .map(group -> EntryTemplate.overlay(entry, group.spec().template(), false))
            .map(EntryStatus::departed);
  }

  /** A replica to which the VM still has a stream can take the entry over before it is removed. */
  void release(Member member) {
    entries.change(
        member.entry,
        stored ->
            holder(stored, member) == Holder.SELF
                ? new Change(
                    Action.UPDATE, stored.map(entry -> EntryLease.of(entry).letGo().writeTo(entry)))
                : Change.none(Action.KEEP));
  }

  /** Removes an entry that nobody has claimed since it was seen under {@code lease}. */
  Result removeOrphan(ConfigKey key, EntryLease lease) {
    return entries.change(
        key,
        stored -> {
          Action action =
              stored
                  .filter(entry -> EntryKeys.groupOf(entry).isPresent())
                  .filter(entry -> EntryLease.of(entry).equals(lease))
                  .map(
                      entry ->
                          Lifecycle.next(
                              new Situation(holder(stored, null), false, true, false, true)))
                  .orElse(Action.FORGET);
          return action == Action.REMOVE ? removal(stored.orElseThrow()) : Change.none(action);
        });
  }
}
