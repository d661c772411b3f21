package io.mooring.identity.enroll;

import io.mooring.model.Condition;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.service.AdminState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an entry says of its VM beyond the group's template: health, and what the operator wants. It
 * survives every rewrite of the entry. Pure.
 */
final class EntryStatus {

  private static final String HEALTHY = "Healthy";
  private static final String CHECKED_ANNOTATION = "proxy.istio.io/health-checks-enabled";
  private static final String NUMBER_ANNOTATION = "mooring.io/health-report";
  private static final String CHECK_ADDED_ANNOTATION = "mooring.io/health-checks-added";
  static final long NO_REPORT = -1;
  private static final List<String> CARRIED = List.of(AdminState.ANNOTATION, NUMBER_ANNOTATION);

  private EntryStatus() {}

  /** Returns {@code fresh} with the status of {@code stored}; a health that was told counts on. */
  static WorkloadEntry carry(WorkloadEntry stored, WorkloadEntry fresh) {
    Map<String, String> annotations = new TreeMap<>(fresh.metadata().annotations());
    for (String name : CARRIED) {
      String value = stored.metadata().annotations().get(name);
      if (value != null) {
        annotations.put(name, value);
      }
    }
    if (healthy(stored).isPresent()) {
      annotations.put(CHECKED_ANNOTATION, "true");
    }
    return WorkloadEntry.builder()
        .from(annotated(fresh, annotations))
        .status(stored.status())
        .build();
  }

  /**
   * Returns what somebody wrote as the entry of a VM that is here: it stays its author's, only its
   * state is told in it.
   */
  static WorkloadEntry taken(WorkloadEntry entry, boolean healthChecked) {
    Map<String, String> annotations = new TreeMap<>(entry.metadata().annotations());
    if (healthChecked) {
      check(annotations);
    }
    return annotated(entry, annotations);
  }

  /** The mark tells our annotation from the author's own. */
  private static void check(Map<String, String> annotations) {
    if (!annotations.containsKey(CHECKED_ANNOTATION)) {
      annotations.put(CHECK_ADDED_ANNOTATION, "true");
    }
    markChecked(annotations);
  }

  /** Returns what somebody wrote without what is known of its VM, but for the operator's word. */
  static WorkloadEntry givenBack(WorkloadEntry entry) {
    Map<String, String> annotations = new TreeMap<>(entry.metadata().annotations());
    if (annotations.remove(CHECK_ADDED_ANNOTATION) != null) {
      annotations.remove(CHECKED_ANNOTATION);
    }
    annotations.remove(NUMBER_ANNOTATION);
    WorkloadEntry bare = annotated(entry, EntryLease.without(annotations));
    return withConditions(bare, others(entry));
  }

  /** A workload whose probe will report is unhealthy until it has, as in Istio. */
  static void markChecked(Map<String, String> annotations) {
    annotations.put(CHECKED_ANNOTATION, "true");
  }

  static WorkloadEntry withAdminState(WorkloadEntry entry, AdminState state) {
    Map<String, String> annotations = new TreeMap<>(entry.metadata().annotations());
    if (state == AdminState.ENABLED) {
      annotations.remove(AdminState.ANNOTATION);
    } else {
      annotations.put(AdminState.ANNOTATION, state.toString());
    }
    return annotated(entry, annotations);
  }

  /** Returns what is left of an entry whose VM has gone: what the operator said, and of whom. */
  static WorkloadEntry departed(WorkloadEntry entry) {
    Map<String, String> annotations = new TreeMap<>(entry.metadata().annotations());
    annotations.remove(CHECKED_ANNOTATION);
    annotations.remove(NUMBER_ANNOTATION);
    annotations.put(AdminState.DEPARTED_ANNOTATION, "true");
    return WorkloadEntry.builder()
        .from(annotated(entry, annotations))
        .status(Optional.empty())
        .build();
  }

  /** Returns whether the operator has said something of the VM that must outlive its entry. */
  static boolean isKept(WorkloadEntry entry) {
    return AdminState.of(entry.metadata()) != AdminState.ENABLED;
  }

  static boolean isDeparted(WorkloadEntry entry) {
    return AdminState.isDeparted(entry.metadata());
  }

  static WorkloadEntry withHealth(
      WorkloadEntry entry, HealthReport report, long number, Instant now) {
    Map<String, String> annotations = new TreeMap<>(entry.metadata().annotations());
    annotations.put(NUMBER_ANNOTATION, Long.toString(number));
    if (EntryKeys.isManual(entry)) {
      check(annotations);
    } else {
      markChecked(annotations);
    }
    Optional<Condition> before = healthy(entry);
    String status = report.healthy() ? "True" : "False";
    Instant since =
        before
            .filter(condition -> condition.status().equals(status))
            .flatMap(Condition::lastTransitionTime)
            .orElse(now);
    List<Condition> conditions = others(entry);
    conditions.add(
        Condition.builder()
            .type(HEALTHY)
            .status(status)
            .message(report.message())
            .lastTransitionTime(since)
            .build());
    return withConditions(annotated(entry, annotations), conditions);
  }

  /** Returns the conditions of an entry but for that of its health. */
  private static List<Condition> others(WorkloadEntry entry) {
    List<Condition> conditions = new ArrayList<>();
    entry.status().ifPresent(known -> conditions.addAll(known.conditions()));
    conditions.removeIf(condition -> condition.type().equals(HEALTHY));
    return conditions;
  }

  private static WorkloadEntry withConditions(WorkloadEntry entry, List<Condition> conditions) {
    Status.Builder told = Status.builder();
    entry.status().ifPresent(told::from);
    Status status = told.conditions(conditions).build();
    return WorkloadEntry.builder()
        .from(entry)
        .status(status.equals(Status.builder().build()) ? Optional.empty() : Optional.of(status))
        .build();
  }

  /** Returns the number of the last report that counted; -1 if none was told: 0 is a number. */
  static long healthNumber(WorkloadEntry entry) {
    String number = entry.metadata().annotations().getOrDefault(NUMBER_ANNOTATION, "");
    return number.matches("[0-9]{1,18}") ? Long.parseLong(number) : NO_REPORT;
  }

  /** Returns whether the entry already says what the report does. */
  static boolean says(WorkloadEntry entry, HealthReport report) {
    return healthy(entry)
        .filter(condition -> condition.status().equals(report.healthy() ? "True" : "False"))
        .filter(condition -> condition.message().equals(report.message()))
        .isPresent();
  }

  /** Returns {@code healthy}, {@code unhealthy}, {@code unknown} or {@code unchecked}. */
  static String health(WorkloadEntry entry) {
    if (!entry.metadata().annotations().containsKey(CHECKED_ANNOTATION)) {
      return "unchecked";
    }
    return healthy(entry)
        .map(condition -> condition.status().equals("True") ? "healthy" : "unhealthy")
        .orElse("unknown");
  }

  static String healthMessage(WorkloadEntry entry) {
    return healthy(entry).map(Condition::message).orElse("");
  }

  private static Optional<Condition> healthy(WorkloadEntry entry) {
    return entry.status().stream()
        .flatMap(status -> status.conditions().stream())
        .filter(condition -> condition.type().equals(HEALTHY))
        .findFirst();
  }

  static WorkloadEntry annotated(WorkloadEntry entry, Map<String, String> annotations) {
    return WorkloadEntry.builder()
        .from(entry)
        .metadata(Metadata.builder().from(entry.metadata()).annotations(annotations).build())
        .build();
  }
}
