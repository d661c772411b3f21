package io.mooring.xds.protocol;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a request said of an earlier response. Immutable.
 *
 * @param verdict whether it was accepted
 * @param names resources of that response; empty unless it was rejected
 * @param elapsed since that response was sent
 * @param rejection why it was rejected
 */
public record Receipt(
    Verdict verdict, List<String> names, Duration elapsed, Optional<Rejection> rejection) {

  /** What a client makes of a response. */
  public enum Verdict {
    /** The request answers no response. */
    NONE,
    /** The response is none that waits for an answer: already answered, or of another stream. */
    STALE,
    /** The response was accepted. */
    ACKNOWLEDGED,
    /** The response was rejected; parts of it may be in use all the same. */
    REJECTED
  }

  static final Receipt NONE = bare(Verdict.NONE);
  static final Receipt STALE = bare(Verdict.STALE);

  private static Receipt bare(Verdict verdict) {
    return new Receipt(verdict, List.of(), Duration.ZERO, Optional.empty());
  }
}
