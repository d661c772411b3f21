package io.mooring.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ends a command that runs until it is told to: on SIGINT or SIGTERM closes what was started and
 * leaves with status 0. Made before anything is started, on the command's own thread.
 */
final class Termination {

  private static final long START_ABANDONED_MILLIS = 4_000;

  private final Thread command = Thread.currentThread();
  private final CountDownLatch startEnded = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable AutoCloseable> started = new AtomicReference<>();
  private volatile boolean commandEnded;
  private volatile boolean ending;

  private Termination() {}

  /** Returns a termination that is in force from now on. */
  static Termination onSignal() {
    Termination termination = new Termination();
    Runtime.getRuntime().addShutdownHook(new Thread(termination::end, "mooring-termination-0"));
    return termination;
  }

  /** Runs {@code start}, and closes what it returns when the process is told to end. */
  <T extends AutoCloseable> T closing(Start<T> start) throws Exception {
    try {
      T resource = start.run();
      started.set(resource);
      return resource;
    } catch (Exception e) {
      startEnded.countDown();
      if (ending) {
        await(); // the failure is the interruption's: nobody wants to hear of it
      }
      commandEnded = true; // its own message and status count
      throw e;
    } finally {
      startEnded.countDown();
    }
  }

  /** Starts something, or leaves nothing open. */
  @FunctionalInterface
  interface Start<T extends AutoCloseable> {
    T run() throws Exception;
  }

  /** Waits until the process is told to end; never returns otherwise. */
  void await() {
    while (true) {
      try {
        ended.await();
        return;
      } catch (InterruptedException e) {
        // Only the end of the process may end the wait.
      }
    }
  }

  private void end() {
    if (commandEnded) {
      return;
    }
    ending = true;
    int status = 0;
    try {
      abandonStart();
      AutoCloseable resource = started.get();
      if (resource != null) {
        resource.close();
      }
    } catch (Exception e) {
      System.err.println("mooring: " + Failures.message(e));
      status = 1;
    }
    ended.countDown();
    System.out.flush();
    // The JVM would leave with 128 + the signal's number; the contract is 0.
    Runtime.getRuntime().halt(status);
  }

  /** A start that is under way closes what it has opened when it is interrupted. */
  private void abandonStart() throws InterruptedException {
    if (startEnded.getCount() > 0) {
      command.interrupt();
      startEnded.await(START_ABANDONED_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
