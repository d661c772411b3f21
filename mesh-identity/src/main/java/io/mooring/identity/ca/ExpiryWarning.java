package io.mooring.identity.ca;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** Tells in time, and once a day, that a CA ends. Thread-safe. */
final class ExpiryWarning {

  private static final Duration LONGEST = Duration.ofDays(30);
  private static final int PART_OF_LIFE = 6; // SPIRE has its next CA sign from there on
  private static final Duration PAUSE = Duration.ofDays(1);

  private final CaChain chain;
  private final CaObserver observer;
  private final AtomicReference<Instant> next;

  ExpiryWarning(CaChain chain, CaObserver observer) {
    this.chain = chain;
    this.observer = observer;
    Instant end = chain.notAfter();
    Duration part =
        Duration.between(chain.issuer().getNotBefore().toInstant(), end).dividedBy(PART_OF_LIFE);
    this.next = new AtomicReference<>(end.minus(part.compareTo(LONGEST) < 0 ? part : LONGEST));
  }

  /** Warns if it is time, whoever comes first. */
  void at(Instant now) {
    Instant due = next.get();
    if (!now.isBefore(due) && next.compareAndSet(due, now.plus(PAUSE))) {
      observer.endsSoon(chain.issuer(), chain.notAfter());
    }
  }
}
