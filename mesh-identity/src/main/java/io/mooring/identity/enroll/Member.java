package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One VM that has, or had until just now, a stream to this replica. Confined to the executor. */
final class Member {

  /** The key of its entry, read by anyone: another when a stranger has taken the name. */
  volatile ConfigKey entry;

  private final Map<Long, EnrollmentRequest> requestsByStream = new LinkedHashMap<>();
  private EnrollmentRequest request;
  private @Nullable ScheduledFuture<?> removal;
  private @Nullable ScheduledFuture<?> window;
  private @Nullable HealthReport health; // the last that counted here
  private long healthNumber = EntryStatus.NO_REPORT;
  private long healthStream; // on which it came

  /** Why it has no entry though it has a stream; empty if it has one. */
  String refusal = "";

  Member(ConfigKey entry, EnrollmentRequest first) {
    this.entry = entry;
    this.request = first;
  }

  /** Returns what the VM says on its newest stream, or said on its last. */
  EnrollmentRequest request() {
    return request;
  }

  void begin(long stream, EnrollmentRequest said) {
    keep();
    inherited(null);
    requestsByStream.put(stream, said);
    request = said;
  }

  /** A half-open stream of before a move may outlive the one of after: the newest left counts. */
  void end(long stream) {
    requestsByStream.remove(stream);
    for (EnrollmentRequest left : requestsByStream.values()) {
      request = left;
    }
  }

  int streams() {
    return requestsByStream.size();
  }

  boolean connected() {
    return !requestsByStream.isEmpty();
  }

  void removeBy(@Nullable ScheduledFuture<?> task) {
    keep();
    removal = task;
  }

  /**
   * Its holder has gone, and its VM, whose stream here may be half open, has the return window to
   * come back.
   */
  void inherited(@Nullable ScheduledFuture<?> end) {
    if (window != null) {
      window.cancel(false);
    }
    window = end;
  }

  /** Returns how long its entry stays after its last stream: what is left of the window counts. */
  Duration stay(Duration grace) {
    Duration left =
        window == null ? Duration.ZERO : Duration.ofMillis(window.getDelay(TimeUnit.MILLISECONDS));
    return left.compareTo(grace) > 0 ? left : grace;
  }

  /** Takes back that it is to be removed. */
  void keep() {
    if (removal != null) {
      removal.cancel(false);
      removal = null;
    }
  }

  boolean isVmOf(EnrollmentRequest other) {
    return request.groupKey().equals(other.groupKey())
        && EntryKeys.id(request).equals(EntryKeys.id(other));
  }

  boolean owns(WorkloadEntry stored) {
    return owns(stored, request);
  }

  /** An entry without an id was made by Istio: there its name is the id. */
  static boolean owns(WorkloadEntry stored, EnrollmentRequest request) {
    if (EntryKeys.isManual(stored)) {
      return request.manual() && stored.key().equals(request.groupKey());
    }
    String id = EntryKeys.idOf(stored);
    return EntryKeys.groupOf(stored).filter(request.groupKey()::equals).isPresent()
        && (id.isEmpty() || id.equals(EntryKeys.id(request)));
  }

  /** Returns the entry with what was told of the VM before, in the store or only here. */
  WorkloadEntry withStatus(
      Optional<WorkloadEntry> stored, WorkloadEntry fresh, InstantSource clock) {
    if (stored.isPresent()) {
      return EntryStatus.carry(stored.get(), fresh);
    }
    return health == null
        ? fresh
        : EntryStatus.withHealth(fresh, health, healthNumber, clock.instant());
  }

  /**
   * Writes what a probe found. The first report of a stream is always written, that its number be
   * known to every replica; later ones only if they say something else.
   *
   * <p>A report on a newer stream than the last report's is newer whatever its number: an agent
   * that began anew may number from lower, e.g. because its clock was set back.
   *
   * @return the number of the report that counts now
   */
  long report(Entries entries, HealthReport report, long stream, InstantSource clock) {
    long stored = entries.get(entry).map(EntryStatus::healthNumber).orElse(EntryStatus.NO_REPORT);
    long known = Math.max(healthNumber, stored);
    long number = report.number().orElse(Math.max(known, 0) + 1);
    boolean renumbered = healthStream > 0 && stream > healthStream && stored <= healthNumber;
    if (stream < healthStream || (number <= known && !renumbered)) {
      return known;
    }
    Entries.Result result =
        entries.change(
            entry,
            found ->
                found
                    .filter(this::owns)
                    .filter(e -> renumbered || EntryStatus.healthNumber(e) < number)
                    .filter(e -> stream > healthStream || !EntryStatus.says(e, report))
                    .map(e -> EntryStatus.withHealth(e, report, number, clock.instant()))
                    .map(wanted -> new Entries.Change(Lifecycle.Action.UPDATE, Optional.of(wanted)))
                    .orElse(Entries.Change.none(Lifecycle.Action.KEEP)));
    long meanwhile = result.before().map(EntryStatus::healthNumber).orElse(EntryStatus.NO_REPORT);
    if (!result.changed() && meanwhile >= number) {
      return meanwhile; // another replica took a newer one
    }
    health = report;
    healthNumber = number;
    healthStream = stream;
    return number;
  }
}
