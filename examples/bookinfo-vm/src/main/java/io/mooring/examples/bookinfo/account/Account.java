package io.mooring.examples.bookinfo.account;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutionException;

/**
 * Runs steps one after the other and says of each what became of it, as soon as it is known.
 * Confined to one thread.
 */
public final class Account {

  private final PrintStream out;
  private final InstantSource clock;
  private final Instant began;
  private int passed;
  private int failed;
  private int skipped;

  /** Creates an account on {@code out}. */
  public Account(PrintStream out, InstantSource clock) {
    this.out = requireNonNull(out, "out");
    this.clock = requireNonNull(clock, "clock");
    this.began = clock.instant();
  }

  /** Prints a line that is no step. */
  public void say(String line) {
    out.println(line);
    out.flush();
  }

  /**
   * Runs a step and prints {@code number verdict seconds title}, and below it what was seen. A step
   * fails if it throws; the account goes on.
   *
   * @return whether it passed
   * @throws InterruptedException if the step was interrupted: that is no verdict
   */
  public boolean step(String title, Step step) throws InterruptedException {
    Instant start = clock.instant();
    try {
      String seen = step.run();
      passed++;
      print("PASS", start, title, seen);
      return true;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | AssertionError | LinkageError e) {
      failed++;
      print("FAIL", start, title, reason(e));
      return false;
    }
  }

  private static String reason(Throwable thrown) {
    if (thrown instanceof ExecutionException && thrown.getCause() != null) {
      return reason(thrown.getCause());
    }
    String message = Objects.requireNonNullElse(thrown.getMessage(), "no message");
    return thrown instanceof StepFailedException
        ? message
        : thrown.getClass().getSimpleName() + ": " + message;
  }

  /** Counts and prints a step that was not tried. */
  public void skip(String title, String reason) {
    skipped++;
    print("----", clock.instant(), title, "skipped: " + reason);
  }

  private void print(String verdict, Instant start, String title, String seen) {
    double seconds = Duration.between(start, clock.instant()).toMillis() / 1000.0;
    int number = passed + failed + skipped;
    out.println(
        String.format(Locale.ROOT, "%3d  %s  %5.1f s  %s", number, verdict, seconds, title));
    seen.lines().forEach(line -> out.println("                    " + line));
    out.flush();
  }

  /** Prints how many steps passed, failed and were skipped. Returns whether none failed. */
  public boolean finish() {
    long seconds = Duration.between(began, clock.instant()).toSeconds();
    say("");
    say("%d passed, %d failed, %d skipped in %d s".formatted(passed, failed, skipped, seconds));
    return failed == 0;
  }
}
