package io.mooring.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How a process ends that is told to: on SIGINT or SIGTERM it closes what was started and leaves
 * with status 0. In force from the first line of the program on, for the one command that it runs.
 */
final class Termination {

  private static final long START_ABANDONED_MILLIS = 4_000;

  private final CountDownLatch startEnded = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Thread starting;
  private volatile @Nullable AutoCloseable started;
  private volatile boolean commandEnded;
  private volatile boolean ending;
  private final IntConsumer halt;

  /** Creates one that no signal reaches: for commands within another program. */
  Termination() {
    this(Runtime.getRuntime()::halt);
  }

  /** Creates one that ends the process by {@code halt}, given the status. */
  Termination(IntConsumer halt) {
    this.halt = halt;
  }

  /** Returns one that is in force from now on. */
  static Termination onSignal() {
    Termination termination = new Termination();
    Runtime.getRuntime().addShutdownHook(new Thread(termination::end, "mooring-termination-0"));
    return termination;
  }

  /** Runs {@code start}, and closes what it returns when the process is told to end. */
  <T extends AutoCloseable> T closing(Start<T> start) throws Exception {
    starting = Thread.currentThread();
    try {
      if (ending) {
        throw new InterruptedException("told to end before the start");
      }
      T resource = start.run();
      started = resource;
      return resource;
    } catch (Exception e) {
      if (ending) {
        startEnded.countDown();
        awaitHalt(); // the failure is the interruption's: nobody wants to hear of it
      }
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

  private static void awaitHalt() {
    while (true) {
      Thread.interrupted(); // it would not wait
      LockSupport.park();
    }
  }

  /** Says that the command has ended by itself: from now on its own status counts. */
  void commandEnded() {
    commandEnded = true;
  }

  /** Closes what was started and ends the process: what a signal leads to. */
  void end() {
    if (commandEnded) {
      return;
    }
    ending = true;
    int status = 0;
    try {
      abandonStart();
      AutoCloseable resource = started;
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
    halt.accept(status);
  }

  /** A start that is under way closes what it has opened when it is interrupted. */
  private void abandonStart() throws InterruptedException {
    Thread thread = starting;
    if (thread != null && startEnded.getCount() > 0) {
      thread.interrupt();
      startEnded.await(START_ABANDONED_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
