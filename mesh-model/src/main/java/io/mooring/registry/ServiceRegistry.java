package io.mooring.registry;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.service.Conflict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges what several sources say into one view of the mesh, and tells listeners what changes.
 *
 * <p>Thread-safe. One writer applies batches in the order in which they arrive and publishes a
 * snapshot after each that changed something; readers take the last one and never wait.
 *
 * <pre>{@code
 * try (ServiceRegistry registry = ServiceRegistry.builder().source(memory).build().start()) {
 *   registry.awaitSynced(Duration.ofSeconds(5));
 *   registry.snapshot().services().forEach(System.out::println);
 * }
 * }</pre>
 */
public final class ServiceRegistry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceRegistry.class);
  private static final long CLOSE_SECONDS = 5;

  /** How long a registry waits for the first sync of its sources before it is ready without. */
  public static final Duration DEFAULT_SYNC_TIMEOUT = Duration.ofSeconds(30);

  private final MeshSettings settings;
  private final List<RegistrySource> sources;
  private final SerialExecutor writer;
  private final SerialExecutor delivery;
  private final List<ExecutorService> ownExecutors;
  private final List<RegistryListener> listeners = new CopyOnWriteArrayList<>();
  private final List<CountDownLatch> syncedBySource = new ArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Duration syncTimeout;
  private final InstantSource clock;

  // Confined to the writer.
  private final SourceTable table;
  private RegistryState state;
  private final RejectionTable rejections = new RejectionTable();
  private final SourceStatuses statuses;
  private PMap<ConfigKey, List<Conflict>> overriddenBefore = HashTreePMap.empty();

  private volatile RegistrySnapshot snapshot;
  private volatile Instant readyAtTheLatest = Instant.MAX;

  private ServiceRegistry(Builder builder) {
    settings = builder.settings;
    sources = List.copyOf(builder.sources);
    ownExecutors = new ArrayList<>();
    writer = new SerialExecutor(builder.writer != null ? builder.writer : own("registry-0"));
    delivery =
        new SerialExecutor(
            builder.delivery != null ? builder.delivery : own("registry-delivery-0"));
    syncTimeout = builder.syncTimeout;
    clock = builder.clock;
    List<String> names = sources.stream().map(RegistrySource::name).toList();
    table =
        new SourceTable(
            settings,
            sources.stream()
                .map(source -> new SourceTable.Origin(source.name(), source.cluster()))
                .toList());
    statuses = new SourceStatuses(names);
    state =
        new RegistryState(
            settings,
            new VirtualIpAllocator(
                builder.virtualIpPool, new VirtualIpLedger(builder.virtualIpStore), clock));
    sources.forEach(source -> syncedBySource.add(new CountDownLatch(1)));
    snapshot = snapshot(0);
  }

  private ExecutorService own(String role) {
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "mooring-" + role);
              thread.setDaemon(true);
              return thread;
            });
    ownExecutors.add(executor);
    return executor;
  }

  /**
   * Starts every source.
   *
   * @return this
   * @throws IllegalStateException if the registry was started or closed before
   */
  public ServiceRegistry start() {
    if (closed.get() || !started.compareAndSet(false, true)) {
      throw new IllegalStateException("registry: started or closed before (expected: new)");
    }
    readyAtTheLatest = clock.instant().plus(syncTimeout);
    try {
      for (int i = 0; i < sources.size(); i++) {
        int source = i;
        sources.get(i).start(batch -> accept(source, batch));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    return this;
  }

  private void accept(int source, List<RegistryEvent> batch) {
    List<RegistryEvent> events = List.copyOf(batch);
    if (closed.get()) {
      return;
    }
    writer.execute(() -> apply(source, events));
  }

  private void apply(int source, List<RegistryEvent> batch) {
    writer.assertInside();
    try {
      ChangeSet change = absorb(source, batch);
      boolean news = statuses.note(source, batch, clock.instant());
      publish(change.merge(openVirtualIpsInTime()), news);
    } finally {
      if (batch.contains(new RegistryEvent.Synced())) {
        syncedBySource.get(source).countDown();
      }
    }
  }

  private ChangeSet openVirtualIpsInTime() {
    return statuses.areSynced() || isReady() ? state.openVirtualIps() : ChangeSet.NONE;
  }

  /** Takes a batch in as a whole or, if that fails, not at all. */
  private ChangeSet absorb(int source, List<RegistryEvent> batch) {
    RejectionTable.OfSource refused = rejections.of(sources.get(source).name());
    try {
      List<ObjectChange> changes = table.apply(source, batch, refused);
      refused.publish();
      return changes.isEmpty() ? ChangeSet.NONE : state.apply(changes);
    } catch (RuntimeException | Error e) {
      LOG.error(
          "event=batch_refused source=\"{}\" events={} hint=\"what the source said before stays\"",
          sources.get(source).name(),
          batch.size(),
          e);
      table.undo(source).forEach(key -> refused.note(key, "its batch cannot be applied: " + e));
      refused.publish();
      RegistryState restored = state.restarted(); // the other one may be half changed
      restored.apply(table.fromNothing());
      state = restored;
      return ChangeSet.NONE;
    }
  }

  /** Listeners hear of changes of the mesh, not of what is known about the sources. */
  private void publish(ChangeSet change, boolean statusesChanged) {
    RegistrySnapshot before = snapshot;
    if (change.isEmpty() && !statusesChanged && table.overridden() == overriddenBefore) {
      return;
    }
    overriddenBefore = table.overridden();
    RegistrySnapshot next = snapshot(before.revision() + 1);
    snapshot = next;
    if (!change.isEmpty()) {
      delivery.execute(() -> deliver(next, change));
    }
  }

  private RegistrySnapshot snapshot(long revision) {
    return state.snapshot(revision, statuses.all(), table.overridden());
  }

  private void deliver(RegistrySnapshot next, ChangeSet change) {
    for (RegistryListener listener : listeners) {
      try {
        listener.changed(next, change);
      } catch (RuntimeException | Error e) {
        LOG.error("event=listener_failed revision={}", next.revision(), e);
      }
    }
  }

  /** Returns the registry as it is now. Never blocks. */
  public RegistrySnapshot snapshot() {
    return snapshot;
  }

  /**
   * Tells a listener of every change that {@link #snapshot} does not show yet when this method
   * returns; it may hear of one that it does show.
   */
  public Subscription addListener(RegistryListener listener) {
    requireNonNull(listener, "listener");
    // A value of its own for each call, so that one listener may subscribe twice.
    RegistryListener own = (snapshot, change) -> listener.changed(snapshot, change);
    listeners.add(own);
    return () -> listeners.remove(own);
  }

  /** Returns whether the snapshot holds everything that the sources held when they started. */
  public boolean isSynced() {
    return unsyncedSources().isEmpty();
  }

  /** Returns the names of the sources that have not handed over everything yet. */
  public List<String> unsyncedSources() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      if (syncedBySource.get(i).getCount() > 0) {
        names.add(sources.get(i).name());
      }
    }
    return names;
  }

  /**
   * Waits until {@link #isSynced}.
   *
   * @return whether it is so within {@code timeout}
   */
  public boolean awaitSynced(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (CountDownLatch synced : syncedBySource) {
      if (!synced.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether the snapshot may be served: {@link #isSynced}, or the sync timeout has passed
   * since {@link #start}. One source whose backend is down delays all others for that long and no
   * longer; {@link RegistrySnapshot#sources} tells which one is missing.
   */
  public boolean isReady() {
    return isSynced() || !clock.instant().isBefore(readyAtTheLatest);
  }

  /**
   * Waits until {@link #isReady}.
   *
   * @return whether {@link #isSynced}
   */
  public boolean awaitReady() throws InterruptedException {
    Duration left = Duration.between(clock.instant(), readyAtTheLatest);
    boolean synced = awaitSynced(left.compareTo(syncTimeout) > 0 ? syncTimeout : left);
    if (!synced) {
      writer.execute(() -> publish(openVirtualIpsInTime(), false));
      LOG.warn(
          "event=ready_without_sources sources=\"{}\" waited={} hint=\"proxies do not see what"
              + " these sources hold until they are back\"",
          String.join(", ", unsyncedSources()),
          syncTimeout);
    }
    return synced;
  }

  /** Returns what is refused now, by source name, then key. */
  public List<Rejection> rejections() {
    return rejections.all();
  }

  /** Closes every source and stops applying. The last snapshot stays readable. Idempotent. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    for (RegistrySource source : sources) {
      try {
        source.close();
      } catch (RuntimeException e) {
        LOG.warn("event=source_close_failed source={}", source.name(), e);
      }
    }
    try {
      for (ExecutorService executor : ownExecutors) { // the writer first: it hands to delivery
        executor.shutdownNow();
        executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      ownExecutors.forEach(ExecutorService::shutdownNow);
      Thread.currentThread().interrupt();
    }
  }

  /** Returns a builder with {@link MeshSettings#DEFAULTS} and threads of its own. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link ServiceRegistry}. Not thread-safe. */
  public static final class Builder {
    private MeshSettings settings = MeshSettings.DEFAULTS;
    private final List<RegistrySource> sources = new ArrayList<>();
    private VirtualIpPool virtualIpPool = VirtualIpPool.DEFAULTS;
    private @Nullable VirtualIpStore virtualIpStore;
    private Duration syncTimeout = DEFAULT_SYNC_TIMEOUT;
    private InstantSource clock = InstantSource.system();
    private @Nullable Executor writer;
    private @Nullable Executor delivery;

    private Builder() {}

    /** Sets what holds for the whole mesh. */
    public Builder settings(MeshSettings settings) {
      this.settings = requireNonNull(settings, "settings");
      return this;
    }

    /**
     * Adds a source; of two with the same object, the one added first wins, and {@link
     * RegistrySnapshot#conflicts} names the other.
     */
    public Builder source(RegistrySource source) {
      sources.add(requireNonNull(source, "source"));
      return this;
    }

    /**
     * Sets how long {@link #isReady} waits for sources; {@link #DEFAULT_SYNC_TIMEOUT} by default.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder syncTimeout(Duration timeout) {
      if (timeout.isNegative()) {
        throw new IllegalArgumentException("syncTimeout: " + timeout + " (expected: 0 or more)");
      }
      this.syncTimeout = timeout;
      return this;
    }

    /**
     * Sets from which addresses hosts without one get theirs, and where that is remembered; {@link
     * VirtualIpPool#DEFAULTS}, remembered as long as the process lives, by default.
     */
    public Builder virtualIps(VirtualIpPool pool, VirtualIpStore store) {
      this.virtualIpPool = requireNonNull(pool, "pool");
      this.virtualIpStore = requireNonNull(store, "store");
      return this;
    }

    /** Sets the time by which sources are late; the system's by default. */
    public Builder clock(InstantSource clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Sets where batches are applied, one at a time whatever its number of threads. The registry
     * does not close it.
     */
    public Builder writer(Executor writer) {
      this.writer = requireNonNull(writer, "writer");
      return this;
    }

    /**
     * Sets where listeners are called, one at a time whatever its number of threads. The registry
     * does not close it.
     */
    public Builder delivery(Executor delivery) {
      this.delivery = requireNonNull(delivery, "delivery");
      return this;
    }

    /** Returns the registry, not started. */
    public ServiceRegistry build() {
      return new ServiceRegistry(this);
    }
  }
}
