package io.mooring.identity.enroll;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.registry.Versioned;
import io.mooring.registry.WorkloadStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one WorkloadEntry for each VM that has a stream, made from its group's template.
 * Thread-safe; its state is confined to the executor, which runs one task at a time.
 *
 * <p>A VM may have several streams; its entry goes when the last one has been gone for the grace
 * period. Entries that a former control plane left in the store get the start-up grace to come
 * back, so that neither a crash drops a VM that lives nor an entry outlives its VM for ever. An
 * edit of a group reaches the entries of its members; a group that is deleted takes them along, and
 * gives them back with itself.
 */
public final class WorkloadRegistrar implements AutoCloseable {

  /** How long an entry stays after its VM's last stream ended (Istio's value). */
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

  /**
   * How long the VMs of a former control plane have to come back: Envoys try again every two
   * seconds, thousands of handshakes take a while.
   */
  public static final Duration DEFAULT_STARTUP_GRACE = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(WorkloadRegistrar.class);
  private static final Duration STORE_RETRY = Duration.ofSeconds(1);
  private static final int WRITE_ATTEMPTS = 5;

  private final WorkloadStore store;
  private final WorkloadGroups groups;
  private final ScheduledExecutorService executor;
  private final Duration grace;
  private final EnrollmentObserver observer;
  private final Map<ConfigKey, Member> membersByEntry = new TreeMap<>();
  private final AtomicReference<@Nullable Thread> writer = new AtomicReference<>();
  private boolean closed; // confined to the executor

  /** One VM, while it has an entry or a stream. Confined to the executor. */
  private static final class Member {
    final ConfigKey entry;
    final ConfigKey group;
    @Nullable EnrollmentRequest request; // null: known from the store only
    int streams;
    @Nullable ScheduledFuture<?> removal;

    Member(ConfigKey entry, ConfigKey group) {
      this.entry = entry;
      this.group = group;
    }
  }

  private WorkloadRegistrar(
      WorkloadStore store,
      WorkloadGroups groups,
      ScheduledExecutorService executor,
      Duration grace,
      EnrollmentObserver observer) {
    this.store = requireNonNull(store, "store");
    this.groups = requireNonNull(groups, "groups");
    this.executor = requireNonNull(executor, "executor");
    this.grace = requireNonNull(grace, "grace");
    this.observer = requireNonNull(observer, "observer");
  }

  /**
   * Starts a registrar. The groups must be complete by now: a VM whose group is missing is refused.
   *
   * @param store holds the entries; those that a registrar made earlier are taken over
   * @param groups the groups that exist now
   * @param executor runs one task at a time; never closed here
   * @param grace how long an entry outlives its VM's last stream
   * @param startupGrace how long the VMs of entries found in the store have to connect
   * @param observer is told of every event
   * @throws UncheckedIOException if the store cannot be read
   */
  public static WorkloadRegistrar start(
      WorkloadStore store,
      WorkloadGroups groups,
      ScheduledExecutorService executor,
      Duration grace,
      Duration startupGrace,
      EnrollmentObserver observer) {
    WorkloadRegistrar registrar = new WorkloadRegistrar(store, groups, executor, grace, observer);
    List<Versioned<WorkloadEntry>> found = store.list();
    registrar.inWriter(() -> registrar.adopt(found, startupGrace));
    return registrar;
  }

  /**
   * Registers the VM of a stream that begins.
   *
   * <p>Completes on the executor, exceptionally with {@link EnrollmentRefusedException} where the
   * VM may not be what it claims or the store fails; then nothing was registered for it.
   *
   * @return what to close when the stream ends
   */
  public CompletableFuture<Registration> connect(EnrollmentRequest request) {
    CompletableFuture<Registration> result = new CompletableFuture<>();
    try {
      EnrollmentPolicy.checkNode(request);
      EnrollmentPolicy.checkGroup(request, requireGroup(request.groupKey()));
    } catch (EnrollmentRefusedException e) {
      observer.refused(request, e);
      result.completeExceptionally(e);
      return result;
    }
    if (!inWriter(() -> register(request, result))) {
      result.completeExceptionally(
          new EnrollmentRefusedException(Reason.UNAVAILABLE, "the control plane is closing"));
    }
    return result;
  }

  /**
   * Brings the entries of these groups up to date: they were edited, deleted or made anew.
   *
   * @param changed keys of changed objects; those of other kinds are ignored
   */
  public void groupsChanged(Collection<ConfigKey> changed) {
    List<ConfigKey> keys =
        changed.stream().filter(key -> key.kind().equals("WorkloadGroup")).toList();
    if (!keys.isEmpty()) {
      inWriter(() -> refresh(keys));
    }
  }

  /**
   * Ends all timers; entries stay in the store for the next control plane. Idempotent. A VM whose
   * {@link #connect} has not completed by now is refused.
   */
  @Override
  public void close() {
    inWriter(
        () -> {
          closed = true;
          membersByEntry.values().forEach(WorkloadRegistrar::keep);
        });
  }

  private void adopt(List<Versioned<WorkloadEntry>> found, Duration startupGrace) {
    assertInWriter();
    for (Versioned<WorkloadEntry> stored : found) {
      EntryTemplate.groupOf(stored.value())
          .ifPresent(
              group -> {
                ConfigKey key = stored.value().key();
                Member member = membersByEntry.computeIfAbsent(key, k -> new Member(k, group));
                if (member.streams == 0) {
                  removeAfter(member, startupGrace, "not back after a restart");
                }
              });
    }
  }

  private void register(EnrollmentRequest request, CompletableFuture<Registration> result) {
    assertInWriter();
    Member member;
    try {
      member = registered(request);
    } catch (EnrollmentRefusedException e) {
      observer.refused(request, e);
      result.completeExceptionally(e);
      return;
    }
    keep(member);
    member.streams++;
    if (!result.complete(new Stream(member))) {
      disconnect(member); // the caller has cancelled: nobody will close it
    }
  }

  private Member registered(EnrollmentRequest request) {
    if (closed) {
      throw new EnrollmentRefusedException(Reason.UNAVAILABLE, "the control plane is closing");
    }
    ConfigKey key = EntryTemplate.key(request);
    WorkloadGroup group = requireGroup(request.groupKey()); // it may have gone since the check
    try {
      if (write(EntryTemplate.entry(group, request))) {
        observer.registered(key, request.identity());
      }
    } catch (UncheckedIOException e) {
      throw new EnrollmentRefusedException(Reason.UNAVAILABLE, key + " cannot be stored now", e);
    }
    Member member =
        membersByEntry.computeIfAbsent(key, entry -> new Member(entry, request.groupKey()));
    member.request = request;
    return member;
  }

  private void disconnect(Member member) {
    assertInWriter();
    member.streams--;
    if (member.streams == 0 && !closed) {
      removeAfter(member, grace, "disconnected");
    }
  }

  private void refresh(Collection<ConfigKey> changed) {
    assertInWriter();
    for (Member member : List.copyOf(membersByEntry.values())) {
      if (changed.contains(member.group)) {
        refresh(member);
      }
    }
  }

  private void refresh(Member member) {
    try {
      Optional<WorkloadGroup> group = groups.find(member.group);
      if (group.isEmpty()) {
        drop(member, "group deleted"); // its streams live on: the group may come back
      } else if (member.request != null) {
        update(member, member.request, group.get());
      }
    } catch (UncheckedIOException e) {
      LOG.warn("workload not updated, trying again entry={}", member.entry, e);
      later(STORE_RETRY, () -> refresh(member));
    }
  }

  private void update(Member member, EnrollmentRequest request, WorkloadGroup group) {
    try {
      EnrollmentPolicy.checkGroup(request, group);
      if (write(EntryTemplate.entry(group, request))) {
        observer.registered(member.entry, request.identity());
      }
    } catch (EnrollmentRefusedException e) {
      // The group has another identity now, which this VM does not have.
      drop(member, e.reason().toString());
    }
  }

  private void drop(Member member, String reason) {
    if (delete(member)) {
      observer.removed(member.entry, reason);
    }
  }

  private void removeAfter(Member member, Duration delay, String reason) {
    keep(member);
    member.removal = later(delay, () -> remove(member, reason));
  }

  private void remove(Member member, String reason) {
    assertInWriter();
    try {
      drop(member, reason);
      membersByEntry.remove(member.entry);
    } catch (UncheckedIOException e) {
      LOG.warn("workload not removed, trying again entry={}", member.entry, e);
      removeAfter(member, STORE_RETRY, reason);
    }
  }

  private static void keep(Member member) {
    ScheduledFuture<?> removal = member.removal;
    if (removal != null) {
      removal.cancel(false);
      member.removal = null;
    }
  }

  /**
   * Writes an entry unless the store has it so; returns whether it had none. Another replica may
   * write the same one: read, decide, write, and start over if it was faster.
   */
  private boolean write(WorkloadEntry entry) {
    for (int attempt = 0; attempt < WRITE_ATTEMPTS; attempt++) {
      Optional<Versioned<WorkloadEntry>> stored = store.get(entry.key());
      if (stored.isPresent() && sameContent(stored.get().value(), entry)) {
        return false;
      }
      stored.ifPresent(other -> checkOwner(other.value(), entry));
      String version = stored.map(Versioned::version).orElse(Versioned.ABSENT);
      if (store.put(entry, version).isPresent()) {
        return stored.isEmpty();
      }
    }
    throw contended(entry.key());
  }

  private static void checkOwner(WorkloadEntry stored, WorkloadEntry wanted) {
    if (!EntryTemplate.groupOf(stored).equals(EntryTemplate.groupOf(wanted))) {
      throw new EnrollmentRefusedException(
          Reason.ENTRY_TAKEN, wanted.key() + " belongs to " + EntryTemplate.groupOf(stored));
    }
  }

  /** Removes the member's entry; returns whether there was one, and not of another group. */
  private boolean delete(Member member) {
    for (int attempt = 0; attempt < WRITE_ATTEMPTS; attempt++) {
      Optional<Versioned<WorkloadEntry>> stored = store.get(member.entry);
      if (stored.isEmpty()
          || !EntryTemplate.groupOf(stored.get().value()).equals(Optional.of(member.group))) {
        return false;
      }
      if (store.delete(member.entry, stored.get().version())) {
        return true;
      }
    }
    throw contended(member.entry);
  }

  private static UncheckedIOException contended(ConfigKey key) {
    return new UncheckedIOException(new IOException(key + " is written by others all the time"));
  }

  /** A store may add versions, times and ids of its own. */
  private static boolean sameContent(WorkloadEntry stored, WorkloadEntry wanted) {
    return stored.spec().equals(wanted.spec())
        && stored.metadata().labels().equals(wanted.metadata().labels())
        && stored.metadata().annotations().equals(wanted.metadata().annotations());
  }

  private WorkloadGroup requireGroup(ConfigKey key) {
    return groups
        .find(key)
        .orElseThrow(
            () -> new EnrollmentRefusedException(Reason.UNKNOWN_GROUP, "there is no " + key));
  }

  /** Returns whether the executor took it. */
  private boolean inWriter(Runnable task) {
    try {
      executor.execute(() -> inTurn(task));
      return true;
    } catch (RejectedExecutionException e) {
      LOG.debug("enrolment task dropped: the executor is shut down", e);
      return false;
    }
  }

  private ScheduledFuture<?> later(Duration delay, Runnable task) {
    return executor.schedule(() -> inTurn(task), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void inTurn(Runnable task) {
    if (!writer.compareAndSet(null, Thread.currentThread())) {
      throw new IllegalStateException("two tasks at once (expected: a single-threaded executor)");
    }
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("enrolment failed hint=\"this is a defect: please report it\"", e);
    } finally {
      writer.set(null);
    }
  }

  private void assertInWriter() {
    if (writer.get() != Thread.currentThread()) {
      throw new IllegalStateException("not in the registrar's executor");
    }
  }

  /** One stream's part in a member. */
  private final class Stream implements Registration {
    private final Member member;
    private final AtomicBoolean ended = new AtomicBoolean();

    Stream(Member member) {
      this.member = member;
    }

    @Override
    public ConfigKey entry() {
      return member.entry;
    }

    @Override
    public void close() {
      if (!ended.getAndSet(true)) {
        inWriter(() -> disconnect(member));
      }
    }
  }
}
