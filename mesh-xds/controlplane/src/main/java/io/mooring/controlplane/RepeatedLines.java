package io.mooring.controlplane;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Lets one of many equal log lines through in a minute: a peer that is refused tries again for
 * ever. Thread-safe; remembers the last 1,000 lines.
 */
final class RepeatedLines {

  private static final Duration QUIET = Duration.ofMinutes(1);
  private static final int MAX_REMEMBERED = 1_000;

  private final InstantSource clock;
  private final Map<String, Seen> seenByLine =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  private record Seen(Instant logged, long leftOut) {}

  RepeatedLines(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Returns how many lines like {@code line} were left out since the last that was not; empty if
   * this one is to be left out.
   */
  synchronized OptionalLong leftOutBefore(String line) {
    Instant now = clock.instant();
    Seen last = seenByLine.get(line);
    if (last != null && now.isBefore(last.logged().plus(QUIET))) {
      seenByLine.put(line, new Seen(last.logged(), last.leftOut() + 1));
      return OptionalLong.empty();
    }
    seenByLine.put(line, new Seen(now, 0));
    return OptionalLong.of(last == null ? 0 : last.leftOut());
  }
}
