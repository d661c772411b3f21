package io.mooring.examples.bookinfo;

import io.mooring.examples.bookinfo.account.StepFailedException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Asks again until the answer is the right one. */
final class Eventually {

  static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(25);

  private Eventually() {}

  /**
   * Returns the first answer that is {@code expected}.
   *
   * @param what names the answer
   * @throws StepFailedException with the last answer, if none was right in time
   */
  static <T> T get(String what, Callable<T> question, Predicate<T> right, String expected)
      throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      T answer = question.call();
      if (right.test(answer)) {
        return answer;
      }
      if (System.nanoTime() > end) {
        throw new StepFailedException(
            what, answer, expected + " within " + PATIENCE.toSeconds() + " s");
      }
      Thread.sleep(PAUSE.toMillis());
    }
  }
}
