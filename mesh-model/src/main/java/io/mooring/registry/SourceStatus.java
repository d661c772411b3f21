package io.mooring.registry;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * How the registry stands with one source. Immutable.
 *
 * @param name name of the source
 * @param synced whether it has handed over everything that it held when it started
 * @param outage why and since when it cannot see its backend; while it cannot, its objects are the
 *     last that it saw
 */
public record SourceStatus(String name, boolean synced, Optional<Outage> outage) {

  public SourceStatus {
    requireNonNull(name, "name");
    requireNonNull(outage, "outage");
  }

  /**
   * That a source cannot see its backend. Immutable.
   *
   * @param since when the registry heard of it first
   * @param reason what the source said last
   */
  public record Outage(Instant since, String reason) {
    public Outage {
      requireNonNull(since, "since");
      requireNonNull(reason, "reason");
    }
  }

  /** Returns whether what it said may be old. */
  public boolean isStale() {
    return outage.isPresent();
  }
}
