package io.mooring.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. Thread-safe. */
public final class FakeClock implements InstantSource {

  /** Where every fake clock starts unless told otherwise. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicReference<Instant> now;

  /** Creates a clock at {@link #START}. */
  public FakeClock() {
    this(START);
  }

  /** Creates a clock at {@code start}. */
  public FakeClock(Instant start) {
    this.now = new AtomicReference<>(requireNonNull(start, "start"));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  /** Moves the clock; a negative duration moves it back. */
  public void advance(Duration by) {
    now.updateAndGet(instant -> instant.plus(by));
  }
}
