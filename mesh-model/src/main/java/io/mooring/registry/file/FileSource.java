package io.mooring.registry.file;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistrySink;
import io.mooring.registry.RegistrySource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects in the {@code *.yaml}, {@code *.yml} and {@code *.json} files beneath a directory.
 * Thread-safe.
 *
 * <p>An edit counts within a tenth of a second where the file system reports changes, else within
 * the poll interval. An object goes only when a wholly good version of its file has lacked it, or
 * its file has been away or empty, for half a second: an editor that deletes and creates, or a file
 * that is half written, takes nothing away. A broken file's good documents count, and what it
 * defined before stays; {@link #problems} shows it. Names that begin with {@code .} or {@code #}
 * are skipped.
 */
public final class FileSource implements RegistrySource {

  private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);
  private static final Duration HINT_DELAY = Duration.ofMillis(5); // one look for a burst of hints
  private static final long CLOSE_SECONDS = 5;

  private final String name;
  private final Path directory;
  private final FileTiming timing;
  private final InstantSource clock;
  private final FileObserver observer;
  private final boolean watching;
  private final ScheduledExecutorService executor;
  private final boolean ownsExecutor;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean hinted = new AtomicBoolean();
  private volatile boolean closed;
  private volatile FileProblems problems = FileProblems.NONE;
  private volatile @Nullable DirectoryWatch watch;

  // Confined to the source's thread.
  private final DirectoryTracker tracker;
  private Map<ConfigKey, ConfigObject> published = Map.of();
  private boolean synced;
  private Optional<String> saidOutage = Optional.empty();
  private @Nullable ScheduledFuture<?> nextLook;

  private FileSource(Builder builder) {
    name = "file:" + builder.directory;
    directory = builder.directory;
    timing = builder.timing;
    clock = builder.clock;
    observer = builder.observer;
    watching = builder.watching;
    ownsExecutor = builder.executor == null;
    executor = builder.executor == null ? ownExecutor() : builder.executor;
    tracker = new DirectoryTracker(directory, builder.parser, timing, clock);
  }

  private static ScheduledExecutorService ownExecutor() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "mooring-file-0");
          thread.setDaemon(true);
          return thread;
        });
  }

  @Override
  public String name() {
    return name;
  }

  /** Returns what is wrong with the files now. Never blocks. */
  public FileProblems problems() {
    return problems;
  }

  /**
   * Begins to read the directory.
   *
   * @throws IllegalArgumentException if it is not a directory
   */
  @Override
  public void start(RegistrySink sink) {
    requireNonNull(sink, "sink");
    if (!Files.isDirectory(directory)) {
      throw new IllegalArgumentException("directory: " + directory + " (expected: a directory)");
    }
    if (closed || !started.compareAndSet(false, true)) {
      throw new IllegalStateException("source " + name + ": started or closed before");
    }
    if (watching) {
      watch = new DirectoryWatch(directory.getFileSystem(), () -> hint(sink));
    }
    schedule(sink, Duration.ZERO);
  }

  /** Something may have changed. On any thread. */
  private void hint(RegistrySink sink) {
    if (!closed && hinted.compareAndSet(false, true)) {
      try {
        executor.schedule(() -> look(sink), HINT_DELAY.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("event=hint_after_close source={}", name, e);
      }
    }
  }

  private void look(RegistrySink sink) {
    if (closed) {
      return;
    }
    hinted.set(false);
    try {
      DirectoryWatch watch = this.watch;
      tracker
          .look()
          .ifPresent(
              listing -> {
                if (watch != null) {
                  watch.follow(listing.keysByDirectory());
                }
              });
      publish(sink);
    } catch (RuntimeException e) {
      if (closed) {
        return; // what it looked with was taken away
      }
      LOG.error("event=look_failed source={}", name, e);
    }
    schedule(sink, untilNextLook());
  }

  private Duration untilNextLook() {
    return tracker
        .nextLook()
        .map(due -> Duration.between(clock.instant(), due))
        .filter(wait -> wait.compareTo(timing.poll()) < 0)
        .map(wait -> wait.compareTo(HINT_DELAY) < 0 ? HINT_DELAY : wait)
        .orElse(timing.poll());
  }

  private void schedule(RegistrySink sink, Duration wait) {
    if (closed) {
      return;
    }
    if (nextLook != null) {
      nextLook.cancel(false);
    }
    try {
      nextLook = executor.schedule(() -> look(sink), wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("event=look_after_close source={}", name, e);
    }
  }

  private void publish(RegistrySink sink) {
    if (closed) {
      return; // the look may have been interrupted
    }
    Map<ConfigKey, ConfigObject> next = tracker.objects();
    List<RegistryEvent> batch = next == published ? new ArrayList<>() : difference(published, next);
    Optional<String> outage = tracker.problems().directory();
    boolean back = saidOutage.isPresent() && outage.isEmpty();
    if (tracker.isReady() && (!synced || back)) {
      synced = true;
      batch.add(new RegistryEvent.Synced());
    }
    if (outage.isPresent() && !outage.equals(saidOutage)) {
      batch.add(new RegistryEvent.Stale(outage.get()));
    }
    saidOutage = outage;
    published = next;
    if (!batch.isEmpty()) {
      sink.accept(batch);
    }
    FileProblems before = problems;
    FileProblems after = tracker.problems();
    if (!after.equals(before)) {
      problems = after;
      observer.problemsChanged(before, after);
    }
  }

  private static List<RegistryEvent> difference(
      Map<ConfigKey, ConfigObject> before, Map<ConfigKey, ConfigObject> after) {
    List<RegistryEvent> events = new ArrayList<>(after.size());
    for (ConfigKey key : before.keySet()) {
      if (!after.containsKey(key)) {
        events.add(new RegistryEvent.Delete(key));
      }
    }
    after.forEach(
        (key, object) -> {
          if (!object.equals(before.get(key))) {
            events.add(new RegistryEvent.Upsert(object));
          }
        });
    return events;
  }

  @Override
  public void close() {
    closed = true;
    DirectoryWatch watch = this.watch;
    if (watch != null) {
      watch.close();
    }
    if (ownsExecutor) {
      executor.shutdownNow();
      try {
        executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns a builder for a source of what lies beneath {@code directory}. */
  public static Builder builder(Path directory) {
    return new Builder(directory);
  }

  /** Builds a {@link FileSource}. Not thread-safe. */
  public static final class Builder {
    private final Path directory;
    private BiFunction<String, String, ParsedConfig> parser = new ConfigCodec()::parse;
    private FileTiming timing = FileTiming.DEFAULTS;
    private InstantSource clock = InstantSource.system();
    private FileObserver observer = FileObserver.logging();
    private boolean watching = true;
    private @Nullable ScheduledExecutorService executor;

    private Builder(Path directory) {
      this.directory = requireNonNull(directory, "directory");
    }

    Builder parser(BiFunction<String, String, ParsedConfig> parser) {
      this.parser = parser;
      return this;
    }

    /** Leaves out the hints of the file system, so that looks come by poll alone. */
    Builder withoutWatch() {
      watching = false;
      return this;
    }

    /** Sets how often to look at the directory where the file system reports nothing; 1 s. */
    public Builder pollInterval(Duration poll) {
      if (poll.isNegative() || poll.isZero()) {
        throw new IllegalArgumentException("poll: " + poll + " (expected: more than 0)");
      }
      timing = new FileTiming(poll, timing.quiet(), timing.patience(), timing.settle());
      return this;
    }

    /** Sets who is told of broken files; {@link FileObserver#logging} by default. */
    public Builder observer(FileObserver observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    /** Sets the time by which files settle. */
    public Builder clock(InstantSource clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /** Sets where files are read, one thread at a time. The source does not close it. */
    public Builder executor(ScheduledExecutorService executor) {
      this.executor = requireNonNull(executor, "executor");
      return this;
    }

    /** Returns the source, not started. */
    public FileSource build() {
      return new FileSource(this);
    }
  }

  /** Returns a source of what lies beneath {@code directory}, with every default. */
  public static FileSource of(Path directory) {
    return builder(directory).build();
  }
}
