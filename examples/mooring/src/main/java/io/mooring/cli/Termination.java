package io.mooring.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Ends a command that runs until it is told to: on SIGINT or SIGTERM closes what was started and leaves with status 0.
 */
final class Termination {

  private final CountDownLatch ended = new CountDownLatch(1);

  private Termination() {}

  /** Returns a termination that closes {@code resource} when the process is told to end. */
  static Termination closing(AutoCloseable resource) {
    Termination termination = new Termination();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> termination.end(resource), "mooring-termination-0"));
    return termination;
  }

  /** Waits until the process is told to end; never returns otherwise. */
  void await() throws InterruptedException {
    ended.await();
  }

  private void end(AutoCloseable resource) {
    int status = 0;
    try {
      resource.close();
    } catch (Exception e) {
      System.err.println("mooring: " + Failures.message(e));
      status = 1;
    }
    ended.countDown();
    System.out.flush();
    // The JVM would leave with 128 + the signal's number; the contract is 0.
    Runtime.getRuntime().halt(status);
  }
}
