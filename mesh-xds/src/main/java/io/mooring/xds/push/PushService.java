package io.mooring.xds.push;

import static java.util.Objects.requireNonNull;

import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every connected proxy supplied with what a {@link ResourceProvider} makes for it.
 * Thread-safe.
 *
 * <p>A change is debounced, then queued for each proxy that it concerns. A proxy has at most one
 * push waiting; changes that arrive meanwhile are merged into it, so that a slow proxy gets the
 * newest state rather than a backlog.
 *
 * @param <C> what a change is
 */
public final class PushService<C> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PushService.class);

  private final ResourceProvider<C> provider;
  private final ResourceCustomizer customizer;
  private final Executor executor;
  private final InstantSource clock;
  private final PushObserver observer;
  private final Debouncer<Pending<C>> debouncer;
  private final PushSlot<Pending<C>> fanOut;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger starting = new AtomicInteger();
  private final Runnable shutdown;
  private volatile boolean closed;

  private PushService(
      Builder<C> builder,
      Executor executor,
      ScheduledExecutorService scheduler,
      Runnable shutdown) {
    this.provider = builder.provider;
    this.customizer = builder.customizer;
    this.executor =
        task -> {
          if (!closed) {
            executor.execute(task);
          }
        };
    this.clock = builder.clock;
    this.observer = builder.observer;
    this.shutdown = shutdown;
    this.fanOut = new PushSlot<>(this.executor, this::merge, this::queueWhereItConcerns);
    this.debouncer =
        new Debouncer<>(
            builder.quiet, builder.max, builder.clock, scheduler, this::merge, fanOut::add);
  }

  /** Returns a builder of a service that gets its resources from {@code provider}. */
  public static <C> Builder<C> builder(ResourceProvider<C> provider) {
    return new Builder<>(requireNonNull(provider, "provider"));
  }

  /**
   * Tells that something changed. Returns at once; what {@link ResourceProvider#initial} returns
   * must already include the change.
   */
  public void changed(C change) {
    if (!closed) {
      debouncer.add(new Pending<>(requireNonNull(change, "change"), clock.instant()));
    }
  }

  /**
   * Adds a proxy: {@code target} is offered its initial resources on a worker, then what every
   * change makes of them, until the connection is closed.
   */
  public PushConnection connect(ProxyNode node, PushTarget target) {
    Connection connection =
        new Connection(requireNonNull(node, "node"), requireNonNull(target, "target"));
    starting.incrementAndGet();
    connections.add(connection); // before initial() reads the state, so that no change is missed
    connection.slot.add(new Pending<>(null, clock.instant()));
    return connection;
  }

  /** Returns how many proxies are connected. */
  public int connected() {
    return connections.size();
  }

  /** Returns how many of them wait for their first resources to be made. */
  public int starting() {
    return starting.get();
  }

  /** Ends all connections and the threads that this service made itself. Idempotent. */
  @Override
  public void close() {
    closed = true;
    connections.forEach(Connection::close);
    shutdown.run();
  }

  private void queueWhereItConcerns(Pending<C> pending) {
    for (Connection connection : connections) {
      connection.queueIfConcerned(pending);
    }
  }

  private Pending<C> merge(Pending<C> older, Pending<C> newer) {
    @Nullable C one = older.change();
    @Nullable C other = newer.change();
    return new Pending<>(
        one == null || other == null ? null : mergeChanges(one, other), older.since());
  }

  private @Nullable C mergeChanges(C older, C newer) {
    try {
      return provider.merge(older, newer);
    } catch (RuntimeException e) {
      LOG.warn("event=merge_failed hint=\"proxies get everything anew instead\"", e);
      return null;
    }
  }

  private void tell(ProxyNode node, Consumer<PushObserver> what) {
    try {
      what.accept(observer);
    } catch (RuntimeException e) {
      LOG.warn("event=push_observer_failed node={}", node.id(), e);
    }
  }

  /**
   * What waits for a worker.
   *
   * @param change null: everything is to be made anew
   * @param since when the oldest part of it happened
   */
  private record Pending<C>(@Nullable C change, Instant since) {}

  private final class Connection implements PushConnection {

    private final ProxyNode node;
    private final PushTarget target;
    private final PushSlot<Pending<C>> slot;
    private volatile @Nullable ResourceSet
        made; // written by the slot's work alone, as what follows
    private volatile @Nullable ResourceSet offered;
    private volatile boolean open = true;
    private volatile boolean missedChange;
    private final AtomicBoolean started = new AtomicBoolean();

    Connection(ProxyNode node, PushTarget target) {
      this.node = node;
      this.target = target;
      this.slot = new PushSlot<>(executor, PushService.this::merge, this::push);
    }

    @Override
    public ProxyNode node() {
      return node;
    }

    @Override
    public Optional<ResourceSet> offered() {
      return Optional.ofNullable(offered);
    }

    @Override
    public void close() {
      open = false;
      connections.remove(this);
      noteStarted();
    }

    private void noteStarted() {
      if (started.compareAndSet(false, true)) {
        starting.decrementAndGet();
      }
    }

    void queueIfConcerned(Pending<C> pending) {
      @Nullable C change = pending.change();
      if (change == null || missedChange || isConcerned(change)) {
        slot.add(pending);
      }
    }

    private boolean isConcerned(C change) {
      try {
        return provider.concerns(node, change);
      } catch (RuntimeException e) {
        failed(e);
        return true;
      }
    }

    private void push(Pending<C> pending) {
      if (!open) {
        return;
      }
      Instant start = clock.instant();
      @Nullable C change = missedChange ? null : pending.change();
      missedChange = true; // until all went well: an update from here on would lack it
      try {
        ResourceSet generated = make(change);
        if (!generated.isUnknown()) {
          made = generated;
          ResourceSet resources = customizer.customize(node, generated);
          offered = resources;
          target.offer(resources, pending.since());
          observe(pending, start);
        }
      } catch (RuntimeException e) {
        failed(e);
        return;
      } finally {
        noteStarted();
      }
      missedChange = false;
    }

    private ResourceSet make(@Nullable C change) {
      @Nullable ResourceSet previous = made;
      return change == null || previous == null
          ? provider.initial(node)
          : provider.update(node, previous, change);
    }

    private void observe(Pending<C> pending, Instant start) {
      Duration queued = Duration.between(pending.since(), start);
      Duration worked = Duration.between(start, clock.instant());
      tell(node, observer -> observer.pushed(node, queued, worked));
    }

    private void failed(RuntimeException failure) {
      LOG.warn(
          "event=push_failed node={} hint=\"the proxy keeps what it has until the next change\"",
          node.id(),
          failure);
      tell(node, observer -> observer.pushFailed(node, failure));
    }
  }

  /** Builds {@link PushService}. Not thread-safe. */
  public static final class Builder<C> {

    private final ResourceProvider<C> provider;
    private ResourceCustomizer customizer = (node, generated) -> generated;
    private Duration quiet = Duration.ofMillis(100);
    private Duration max = Duration.ofSeconds(10);
    private InstantSource clock = InstantSource.system();
    private PushObserver observer = PushObserver.NONE;
    private @Nullable Executor executor;
    private @Nullable ScheduledExecutorService scheduler;

    private Builder(ResourceProvider<C> provider) {
      this.provider = provider;
    }

    /**
     * How long no change must have come before a push, and how long after the first one it comes in
     * any case; 100 ms and 10 s by default.
     *
     * @param quiet zero: every change is pushed at once
     * @throws IllegalArgumentException if negative, or {@code max} is below {@code quiet}
     */
    public Builder<C> debounce(Duration quiet, Duration max) {
      if (quiet.isNegative() || max.compareTo(quiet) < 0) {
        throw new IllegalArgumentException(
            "debounce: quiet " + quiet + ", max " + max + " (expected: 0 <= quiet <= max)");
      }
      this.quiet = quiet;
      this.max = max;
      return this;
    }

    /** What edits the provider's resources, after those that were given before. */
    public Builder<C> customizer(ResourceCustomizer customizer) {
      this.customizer = this.customizer.andThen(requireNonNull(customizer, "customizer"));
      return this;
    }

    /** Where providers run; by default a fixed pool of as many daemon threads as processors. */
    public Builder<C> executor(Executor executor) {
      this.executor = requireNonNull(executor, "executor");
      return this;
    }

    /** What wakes the debouncer; by default a daemon thread of its own. */
    public Builder<C> scheduler(ScheduledExecutorService scheduler) {
      this.scheduler = requireNonNull(scheduler, "scheduler");
      return this;
    }

    /** The time; the system's by default. */
    public Builder<C> clock(InstantSource clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /** Who hears of pushes; nobody by default. */
    public Builder<C> observer(PushObserver observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    /** Returns the service. Executors that were given stay the caller's to close. */
    public PushService<C> build() {
      Executor workers = executor;
      ScheduledExecutorService timer = scheduler;
      @Nullable ExecutorService ownWorkers = null;
      @Nullable ScheduledExecutorService ownTimer = null;
      if (workers == null) {
        workers =
            ownWorkers =
                Executors.newFixedThreadPool(
                    Runtime.getRuntime().availableProcessors(), daemons("mooring-push-"));
      }
      if (timer == null) {
        timer = ownTimer = Executors.newSingleThreadScheduledExecutor(daemons("mooring-debounce-"));
      }
      @Nullable ExecutorService stopWorkers = ownWorkers;
      @Nullable ScheduledExecutorService stopTimer = ownTimer;
      return new PushService<>(
          this,
          workers,
          timer,
          () -> {
            if (stopTimer != null) {
              stopTimer.shutdownNow();
            }
            if (stopWorkers != null) {
              stopWorkers.shutdown();
            }
          });
    }

    private static ThreadFactory daemons(String prefix) {
      AtomicInteger count = new AtomicInteger();
      return task -> {
        Thread thread = new Thread(task, prefix + count.incrementAndGet());
        thread.setDaemon(true);
        return thread;
      };
    }
  }
}
