package io.mooring.identity.enroll;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.identity.enroll.Entries.Change;
import io.mooring.identity.enroll.Entries.Result;
import io.mooring.identity.enroll.Lifecycle.Action;
import io.mooring.identity.enroll.Lifecycle.Holder;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.Versioned;
import io.mooring.registry.WorkloadStore;
import io.mooring.service.AdminState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one WorkloadEntry for each VM that has a stream, made from its group's template.
 * Thread-safe; its state is confined to the executor, which runs one task at a time.
 *
 * <p>Several replicas may share one store, each with a registrar; what each does when is in the
 * package's description.
 */
public final class WorkloadRegistrar implements AutoCloseable {

  /** How long an entry stays after its VM's last stream ended (Istio's value). */
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

  /**
   * How much longer than the grace period the VMs of a control plane that has gone have to come
   * back. With the default grace that makes 30 seconds, after which every Envoy has tried again,
   * even one with the default back-off; those of our bundles do every two seconds.
   */
  public static final Duration RETURN_ALLOWANCE = Duration.ofSeconds(20);

  private static final Duration STORE_RETRY = Duration.ofSeconds(1);
  private static final Duration RENEWAL = Duration.ofSeconds(5);

  private final WorkloadStore store;
  private final Entries entries;
  private final RegistrarOptions options;
  private final Turns turns;
  private final LeaseKeeper leases;
  private final Reconciler reconciler;
  private final Orphans orphans;
  private final MemberTable members;
  private long lastStream;
  private boolean storeFailing;
  private boolean closed; // confined to the executor, as all state is

  WorkloadRegistrar(WorkloadStore store, Turns turns, RegistrarOptions options) {
    this.store = store;
    this.entries = new Entries(store);
    this.turns = turns;
    this.options = options;
    this.leases = new LeaseKeeper(store.leases(), options.newHolder(), options.observer());
    this.reconciler = new Reconciler(entries, leases, options);
    this.members = new MemberTable(reconciler, member -> turns.take(() -> refresh(member)));
    this.orphans = new Orphans(turns, window(), this::removeOrphan);
  }

  /**
   * Returns a builder of a registrar.
   *
   * @param store holds the entries
   * @param groups the groups of now
   * @param executor runs one task at a time; never closed here
   */
  public static WorkloadRegistrarBuilder builder(
      WorkloadStore store, WorkloadGroups groups, ScheduledExecutorService executor) {
    return new WorkloadRegistrarBuilder(store, groups, executor);
  }

  /** Returns how long the VMs of a control plane that has gone have to come back. */
  private Duration window() {
    return options.grace().plus(RETURN_ALLOWANCE);
  }

  void begin() {
    turns.take(this::renew);
  }

  /**
   * Registers the VM of a stream that begins.
   *
   * <p>Completes on the executor, exceptionally with {@link EnrollmentRefusedException} where the
   * VM may not be what it claims or the store fails; then nothing is registered for it.
   *
   * @return what to close when the stream ends
   */
  public CompletableFuture<Registration> connect(EnrollmentRequest request) {
    CompletableFuture<Registration> result = new CompletableFuture<>();
    try {
      EnrollmentPolicy.checkNode(request);
      EnrollmentPolicy.checkPeer(request, options.peerAddresses());
      reconciler.admit(request);
    } catch (EnrollmentRefusedException e) {
      options.observer().refused(request, e);
      result.completeExceptionally(e);
      return result;
    }
    if (!turns.take(() -> register(request, result))) {
      result.completeExceptionally(closing());
    }
    return result;
  }

  /**
   * Looks again after VMs whose group was edited, deleted or made anew, or whose entry was written
   * by somebody, e.g. another replica.
   *
   * @param changed keys of changed objects; those of other kinds are ignored
   */
  public void changed(Collection<ConfigKey> changed) {
    Set<ConfigKey> keys = new HashSet<>(changed);
    keys.removeIf(
        key -> !key.kind().equals("WorkloadGroup") && !key.kind().equals("WorkloadEntry"));
    if (!keys.isEmpty()) {
      turns.take(
          () ->
              members.all().stream()
                  .filter(
                      member ->
                          keys.contains(member.request().groupKey()) || keys.contains(member.entry))
                  .forEach(this::refresh));
    }
  }

  /** Returns every registered VM and those that wait to be, in the order of entries. */
  public CompletableFuture<List<RegisteredWorkload>> workloads() {
    return asked(this::views);
  }

  /**
   * Says what the operator wants of a VM. It lasts until the operator says {@link
   * AdminState#ENABLED}: through reconnections, moves and restarts, and when the VM has been away
   * for longer than the grace period. An entry that somebody wrote by hand can be told of too,
   * whether its VM is connected or not.
   *
   * @return completes exceptionally with {@link IllegalArgumentException} if no VM is registered
   *     under this key, with {@link UncheckedIOException} if the store fails
   */
  public CompletableFuture<Void> setAdminState(ConfigKey entry, AdminState state) {
    requireNonNull(state, "state");
    return asked(
        () -> {
          Result result =
              entries.change(
                  entry,
                  stored ->
                      stored
                          .or(() -> reconciler.overlay(entry, state))
                          .map(found -> EntryStatus.withAdminState(found, state))
                          .map(
                              wanted ->
                                  EntryStatus.isDeparted(wanted) && !EntryStatus.isKept(wanted)
                                      ? Change.none(Action.REMOVE)
                                      : new Change(Action.UPDATE, Optional.of(wanted)))
                          .orElse(Change.none(Action.KEEP)));
          if (result.action() == Action.KEEP) {
            throw new IllegalArgumentException(entry + " is no registered workload");
          }
          return null;
        });
  }

  /**
   * Ends this replica's lease and all timers; entries stay in the store for the VMs to come back
   * to. Idempotent. A VM whose {@link #connect} has not completed by now is refused.
   */
  @Override
  public void close() {
    turns.take(
        () -> {
          if (!closed) {
            closed = true;
            members.all().forEach(Member::keep);
            orphans.clear();
            try {
              leases.end();
            } catch (RuntimeException e) {
              failed("the lease", e); // others will see that it is not renewed
            }
          }
        });
  }

  private <T> CompletableFuture<T> asked(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    boolean taken =
        turns.take(
            () -> {
              try {
                answer.complete(question.get());
              } catch (RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
    if (!taken) {
      answer.completeExceptionally(closing());
    }
    return answer;
  }

  private static EnrollmentRefusedException closing() {
    return new EnrollmentRefusedException(Reason.UNAVAILABLE, "the control plane is closing");
  }

  private void register(EnrollmentRequest request, CompletableFuture<Registration> result) {
    Stream stream;
    try {
      stream = registered(request);
    } catch (EnrollmentRefusedException e) {
      options.observer().refused(request, e);
      result.completeExceptionally(e);
      return;
    }
    if (!result.complete(stream)) {
      disconnect(stream.member, stream.id); // the caller has cancelled: nobody will close it
    }
  }

  private Stream registered(EnrollmentRequest request) {
    turns.assertInTurn();
    if (closed) {
      throw closing();
    }
    reconciler.admit(request); // the group may have gone since the check
    try {
      Member member = members.of(request);
      long stream = ++lastStream;
      member.begin(stream, request);
      boolean written = false;
      try {
        Action action = reconcile(member, true, false, "").action();
        written = action == Action.CLAIM || action == Action.UPDATE;
      } finally {
        if (!written) {
          disconnect(member, stream);
        }
      }
      if (!written) {
        throw new EnrollmentRefusedException(
            Reason.ENTRY_TAKEN, member.entry + " is not of this VM");
      }
      return new Stream(member, stream);
    } catch (EnrollmentRefusedException e) {
      throw e;
    } catch (RuntimeException e) { // whatever a store throws, the VM is answered
      throw new EnrollmentRefusedException(
          Reason.UNAVAILABLE, EntryKeys.id(request) + " cannot be stored now", e);
    }
  }

  private Result reconcile(Member member, boolean newest, boolean overdue, String why) {
    Optional<Reason> refusal = reconciler.refusal(member.request());
    Result result = reconciler.reconcile(member, newest, overdue);
    if (result.isTaken() && !newest) {
      member.inherited(turns.later(window(), () -> {}).orElse(null));
    }
    tell(member, result, refusal.map(Reason::toString).orElse(why));
    return result;
  }

  private void tell(Member member, Result result, String why) {
    switch (result.action()) {
      case CLAIM, UPDATE -> {
        member.refusal = "";
        orphans.returned(member.entry);
        if (result.isFirst()) {
          options.observer().registered(member.entry, member.request().identity());
        }
      }
      case REMOVE -> {
        if (result.changed()) {
          options.observer().removed(member.entry, why);
        }
        if (member.connected()) {
          member.refusal = why;
        } else {
          members.forget(member);
        }
      }
      case KEEP -> {
        if (result.isNew()) {
          member.refusal = why;
        } else if (!member.owns(result.before().get())) {
          members.findKey(member);
        }
      }
      case FORGET -> members.forget(member);
    }
  }

  private void disconnect(Member member, long stream) {
    turns.assertInTurn();
    member.end(stream);
    if (closed) {
      return;
    }
    if (member.connected()) {
      refresh(member); // what it said on the stream that ended no longer counts
    } else {
      try {
        if (leases.hasPeers()) {
          reconciler.release(member);
        }
      } catch (RuntimeException e) {
        failed(member.entry, e); // it goes after the grace period all the same
      }
      Duration stay = member.stay(options.grace());
      member.removeBy(turns.later(stay, () -> removeOverdue(member)).orElse(null));
    }
  }

  private void refresh(Member member) {
    if (closed || !members.has(member)) {
      return;
    }
    try {
      reconcile(member, false, false, "");
    } catch (EnrollmentRefusedException e) {
      member.refusal = e.reason().toString();
    } catch (RuntimeException e) {
      failed(member.entry, e);
      turns.later(STORE_RETRY, () -> refresh(member));
    }
  }

  private void removeOverdue(Member member) {
    try {
      reconcile(member, false, true, "disconnected");
    } catch (RuntimeException e) {
      failed(member.entry, e);
      member.removeBy(turns.later(STORE_RETRY, () -> removeOverdue(member)).orElse(null));
    }
  }

  private void removeOrphan(ConfigKey key, EntryLease lease) {
    if (closed) {
      return;
    }
    @Nullable Member member = members.at(key);
    if (member != null) {
      refresh(member);
      return;
    }
    try {
      Result result = reconciler.removeOrphan(key, lease);
      if (result.changed()) {
        options.observer().removed(key, "not back after its control plane had gone");
      }
    } catch (RuntimeException e) {
      failed(key, e);
      turns.later(STORE_RETRY, () -> removeOrphan(key, lease));
    }
  }

  /** Says that this replica lives, and finds what nobody looks after. */
  private void renew() {
    turns.assertInTurn();
    if (closed) {
      return;
    }
    try {
      if (!leases.renew()) {
        options.observer().leaseLost();
      }
      scan();
      storeFailing = false;
    } catch (RuntimeException e) {
      failed("the lease", e);
    }
    turns.later(RENEWAL, this::renew);
  }

  /** A store may break its contract: what it throws must not end the renewal of the lease. */
  private void failed(Object object, RuntimeException e) {
    if (!storeFailing) {
      options
          .observer()
          .storeFailing(
              object,
              e instanceof UncheckedIOException failure
                  ? failure
                  : new UncheckedIOException(new IOException(e)));
    }
    storeFailing = true;
  }

  private void scan() {
    Set<ConfigKey> found = new HashSet<>();
    Set<String> holders = new HashSet<>();
    Map<String, ConfigKey> entriesByVm = new HashMap<>();
    Map<ConfigKey, EntryLease> unattended = new TreeMap<>();
    for (Versioned<WorkloadEntry> stored : store.list()) {
      WorkloadEntry entry = stored.value();
      if (EntryKeys.groupOf(entry).isEmpty() || EntryStatus.isDeparted(entry)) {
        continue;
      }
      found.add(entry.key());
      @Nullable ConfigKey first = entriesByVm.putIfAbsent(EntryKeys.vm(entry), entry.key());
      holders.add(EntryLease.of(entry).holder());
      @Nullable Member member = members.at(entry.key());
      Holder holder = reconciler.holder(Optional.of(entry), null);
      if (first != null && member != null) {
        unite(member, first, EntryLease.of(entry));
      } else if (holder == Holder.OTHER) {
        orphans.returned(entry.key());
      } else if (member == null) {
        unattended.put(
            entry.key(),
            EntryLease.of(entry)); // also one of our own whose write seemed to have failed
      } else if (holder == Holder.GONE) {
        refresh(member);
      }
    }
    orphans.found(unattended);
    members.all().stream().filter(member -> !found.contains(member.entry)).forEach(this::refresh);
    leases.forgetAllBut(holders);
  }

  /** Replicas that could not see each other gave one VM two entries: the first one stays. */
  private void unite(Member member, ConfigKey first, EntryLease lease) {
    ConfigKey surplus = member.entry;
    members.rename(member, first);
    reconciler.removeOrphan(surplus, lease);
    refresh(member);
  }

  private List<RegisteredWorkload> views() {
    List<WorkloadEntry> entries = store.list().stream().map(Versioned::value).toList();
    return WorkloadViews.all(entries, members, reconciler, options);
  }

  private long report(Stream stream, HealthReport report) {
    turns.assertInTurn();
    try {
      return stream.member.report(entries, report, stream.id, options.clock());
    } catch (RuntimeException e) {
      throw new EnrollmentRefusedException(
          Reason.UNAVAILABLE, stream.member.entry + " cannot be stored now", e);
    }
  }

  /** One stream's part in a member. */
  private final class Stream implements Registration {
    private final Member member;
    private final long id;
    private final AtomicBoolean ended = new AtomicBoolean();

    Stream(Member member, long id) {
      this.member = member;
      this.id = id;
    }

    @Override
    public ConfigKey entry() {
      return member.entry;
    }

    @Override
    public CompletableFuture<Long> report(HealthReport report) {
      requireNonNull(report, "report");
      return asked(() -> WorkloadRegistrar.this.report(this, report));
    }

    @Override
    public void close() {
      if (!ended.getAndSet(true)) {
        turns.take(() -> disconnect(member, id));
      }
    }
  }
}
