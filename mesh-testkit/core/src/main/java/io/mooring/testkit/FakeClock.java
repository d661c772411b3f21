package io.mooring.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until a test moves it. Thread-safe. */
public final class FakeClock implements InstantSource {

  /** Where every fake clock starts unless told otherwise. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private volatile Instant now;

  /** Creates a clock at {@link #START}. */
  public FakeClock() {
    this(START);
  }

  /** Creates a clock at {@code start}. */
  public FakeClock(Instant start) {
    this.now = requireNonNull(start, "start");
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves the clock; a negative duration moves it back. */
  public synchronized void advance(Duration by) {
    now = now.plus(by);
  }
}
