package io.mooring.identity.agent.envoy;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one Envoy process running, and ends it in order. Thread-safe.
 *
 * <p>One thread starts, watches and stops the process. It lives as long as the process does, since
 * the kernel's signal at the parent's death means the death of the starting thread.
 */
public final class EnvoySupervisor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EnvoySupervisor.class);
  private static final AtomicInteger THREADS = new AtomicInteger();
  private static final Duration LONG_RUN = Duration.ofSeconds(10);
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(100);
  private static final Duration MAX_BACK_OFF = Duration.ofSeconds(5);
  private static final Duration TERM_TIME = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int LAST_LINES = 5;

  private final EnvoyLaunch launch;
  private final ParentDeath parentDeath;
  private final EnvoyObserver observer;
  private final CompletableFuture<Void> stop = new CompletableFuture<>();
  private final CompletableFuture<Integer> firstEnd = new CompletableFuture<>();
  private final Thread thread;

  private EnvoySupervisor(EnvoyLaunch launch, ParentDeath parentDeath, EnvoyObserver observer) {
    this.launch = launch;
    this.parentDeath = parentDeath;
    this.observer = observer;
    this.thread = new Thread(this::run, "mooring-envoy-" + THREADS.incrementAndGet());
    this.thread.setDaemon(true);
  }

  /** Starts Envoy and returns at once; {@link #awaitStarted} tells whether it came up. */
  public static EnvoySupervisor start(EnvoyLaunch launch, EnvoyObserver observer) {
    return start(launch, ParentDeath.detect(), observer);
  }

  static EnvoySupervisor start(
      EnvoyLaunch launch, ParentDeath parentDeath, EnvoyObserver observer) {
    EnvoySupervisor supervisor =
        new EnvoySupervisor(
            requireNonNull(launch, "launch"), parentDeath, requireNonNull(observer, "observer"));
    supervisor.forgetAdmin(); // before the thread runs: nobody may read the one of an earlier life
    supervisor.keepLastLog();
    preparePrivate(launch.logFile());
    supervisor.thread.start();
    return supervisor;
  }

  /**
   * Returns the address of the admin page as soon as Envoy has one.
   *
   * @throws EnvoyFailedException if Envoy ends before, or takes longer than {@code timeout}
   */
  public InetSocketAddress awaitStarted(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      Optional<EnvoyAdmin> admin = admin();
      if (admin.isPresent()) {
        return admin.get().address();
      }
      if (firstEnd.isDone()) {
        throw failed("ended with exit code " + firstEnd.join());
      }
      pause(end, "has no admin page after " + timeout.toMillis() + " ms");
    }
  }

  /**
   * Waits until Envoy has its whole configuration and serves.
   *
   * @throws EnvoyFailedException if that takes longer than {@code timeout}
   */
  public void awaitReady(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    while (!isReady()) {
      pause(end, "is not ready after " + timeout.toMillis() + " ms");
    }
  }

  /** Returns whether Envoy has its whole configuration and serves. */
  public boolean isReady() {
    return admin().map(EnvoyAdmin::isReady).orElse(false);
  }

  /** Returns where Envoy's admin page is; empty while there is no process. */
  public Optional<InetSocketAddress> adminAddress() {
    return admin().map(EnvoyAdmin::address);
  }

  private Optional<EnvoyAdmin> admin() {
    try {
      String text = Files.readString(launch.adminFile()).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(EnvoyAdmin.parse(text));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new EnvoyFailedException("Envoy's admin address is unreadable: " + e.getMessage());
    }
  }

  private void run() {
    int shortRuns = 0;
    while (!stop.isDone()) {
      long started = System.nanoTime();
      int exitCode = runOnce();
      if (stop.isDone()) {
        return;
      }
      boolean longRun = System.nanoTime() - started > LONG_RUN.toNanos();
      Duration wait = backOff(longRun ? 0 : shortRuns);
      shortRuns = longRun ? 1 : shortRuns + 1;
      forgetAdmin();
      firstEnd.complete(exitCode);
      observer.ended(exitCode, wait);
      waitFor(stop, wait);
    }
  }

  static Duration backOff(int shortRuns) {
    Duration doubled = FIRST_BACK_OFF.multipliedBy(1L << Math.min(shortRuns, 10));
    return doubled.compareTo(MAX_BACK_OFF) < 0 ? doubled : MAX_BACK_OFF;
  }

  /** Runs one process to its end, its own or the one we give it. */
  private int runOnce() {
    Process process;
    preparePrivate(launch.adminFile()); // Envoy writes into it, and keeps its mode
    try {
      process =
          new ProcessBuilder(parentDeath.wrap(launch.command()))
              .directory(launch.directory().toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.logFile().toFile()))
              .start();
    } catch (IOException e) {
      note("cannot be started: " + e.getMessage());
      return -1;
    }
    observer.started(process.pid());
    CompletableFuture<Process> exit = process.onExit();
    CompletableFuture.anyOf(exit, stop).join();
    if (process.isAlive()) {
      drain(exit);
      end(process, exit);
    }
    return process.isAlive() ? -1 : process.exitValue();
  }

  private void drain(CompletableFuture<Process> exit) {
    Optional<EnvoyAdmin> admin = admin().filter(EnvoyAdmin::isReady);
    if (admin.isEmpty() || launch.drainTime().isZero()) {
      return; // serves nobody yet, or nobody wants to wait
    }
    try {
      admin.get().post("/healthcheck/fail");
      admin.get().post("/drain_listeners?graceful");
    } catch (IOException e) {
      note("cannot be drained: " + e.getMessage());
      return;
    }
    waitFor(exit, launch.drainTime());
  }

  private void end(Process process, CompletableFuture<Process> exit) {
    process.destroy();
    if (!waitFor(exit, TERM_TIME)) {
      note("did not end within " + TERM_TIME.toMillis() + " ms of SIGTERM and was killed");
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      waitFor(exit, TERM_TIME);
    }
  }

  private static boolean waitFor(CompletableFuture<?> event, Duration longest) {
    try {
      event.get(longest.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a process or stop event failed", e);
    } catch (InterruptedException e) {
      // Nobody has this thread to interrupt it: the wish to stop comes by the event.
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Says something in Envoy's own log, where whoever looks for its end looks first. */
  private void note(String text) {
    try {
      Files.writeString(
          launch.logFile(),
          "mooring: Envoy " + text + System.lineSeparator(),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      log.warn("event=envoy_log_failed file={} text=\"Envoy {}\"", launch.logFile(), text, e);
    }
  }

  private void forgetAdmin() {
    try {
      Files.deleteIfExists(launch.adminFile());
    } catch (IOException e) {
      log.warn("event=envoy_admin_file_stays file={}", launch.adminFile(), e);
    }
  }

  private void keepLastLog() {
    try {
      Files.move(
          launch.logFile(),
          launch.logFile().resolveSibling(launch.logFile().getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      log.debug("event=first_envoy_log file={}", launch.logFile());
    } catch (IOException e) {
      log.warn("event=envoy_log_stays file={}", launch.logFile(), e);
    }
  }

  private static void preparePrivate(Path file) {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      log.warn("event=envoy_file_not_private file={}", file, e);
    }
  }

  private void pause(long end, String problem) {
    if (System.nanoTime() >= end || stop.isDone()) {
      throw failed(problem);
    }
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("was not waited for: interrupted");
    }
  }

  private EnvoyFailedException failed(String problem) {
    return new EnvoyFailedException(
        "Envoy '" + launch.binary() + "' " + problem + lastWords(launch.logFile()));
  }

  private static String lastWords(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
      return last.isEmpty() ? "" : ": " + String.join(" | ", last);
    } catch (IOException e) {
      return " (its log '" + log + "' cannot be read)";
    }
  }

  /**
   * Drains Envoy, then ends it. Idempotent; takes the drain time and at most four seconds, and
   * returns when the process is gone.
   */
  @Override
  public void close() {
    stop.complete(null);
    try {
      thread.join(launch.drainTime().plus(TERM_TIME.multipliedBy(3)).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
