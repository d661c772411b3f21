package io.mooring.analysis;

import io.mooring.model.ConfigKey;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.AdminState;
import io.mooring.service.MeshWorkload;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an object says of a workload: also of one that cannot be used, and, by a group, of those to
 * come.
 *
 * @param key of the entry, pod or group
 * @param labels that services select by
 * @param ports names of its ports to their numbers
 * @param workload as services see it; empty where none may use it
 * @param absence why none may; empty where they may
 */
record Described(
    ConfigKey key,
    SortedMap<String, String> labels,
    Map<String, Integer> ports,
    Optional<MeshWorkload> workload,
    String absence) {

  static Described of(WorkloadEntry entry, TrustDomain trustDomain) {
    SortedMap<String, String> labels = new TreeMap<>(entry.spec().labels());
    labels.putAll(entry.metadata().labels());
    Optional<MeshWorkload> workload =
        MeshWorkload.of(entry, trustDomain).filter(MeshWorkload::serving);
    return new Described(
        entry.key(),
        labels,
        entry.spec().ports(),
        workload,
        workload.isPresent() ? "" : absence(entry));
  }

  private static String absence(WorkloadEntry entry) {
    if (AdminState.isDeparted(entry.metadata())) {
      return "its VM has gone; that an operator has set it %s is remembered"
          .formatted(AdminState.of(entry.metadata()));
    }
    if (entry.spec().address().isEmpty() && entry.spec().network().isEmpty()) {
      return "it has no address";
    }
    return AdminState.of(entry.metadata()) == AdminState.ENABLED
        ? "unhealthy: its health is checked, and its condition Healthy is not True"
        : "an operator has set it " + AdminState.of(entry.metadata());
  }

  static Described of(Pod pod, TrustDomain trustDomain) {
    Optional<MeshWorkload> workload =
        MeshWorkload.of(pod, trustDomain).filter(MeshWorkload::serving);
    return new Described(
        pod.key(),
        new TreeMap<>(pod.metadata().labels()),
        workload.map(MeshWorkload::ports).orElse(Map.of()),
        workload,
        workload.isPresent() ? "" : "the pod is not ready");
  }

  static Described of(WorkloadGroup group) {
    NavigableMap<String, String> labels = new TreeMap<>(group.spec().template().labels());
    group.spec().metadata().map(WorkloadGroupMetadata::labels).ifPresent(labels::putAll);
    return new Described(
        group.key(),
        labels,
        group.spec().template().ports(),
        Optional.empty(),
        "its members are to come");
  }

  boolean has(Map<String, String> selector) {
    return labels.entrySet().containsAll(selector.entrySet());
  }

  /** Returns what is missing for {@code selector}, for people. */
  String lacks(Map<String, String> selector) {
    StringBuilder missing = new StringBuilder();
    new TreeMap<>(selector)
        .forEach(
            (label, value) -> {
              String own = labels.get(label);
              if (!value.equals(own)) {
                missing
                    .append(missing.isEmpty() ? "" : ", ")
                    .append(label)
                    .append(own == null ? " is missing" : " is '" + own + "'")
                    .append(" (expected: '")
                    .append(value)
                    .append("')");
              }
            });
    return missing.toString();
  }

  /** Returns whether it has a label of {@code selector}, or one that may be misspelled. */
  boolean resembles(Map<String, String> selector) {
    return selector.entrySet().stream()
        .anyMatch(
            label -> {
              @Nullable String own = labels.get(label.getKey());
              return own != null && (own.equals(label.getValue()) || likely(own, label.getValue()));
            });
  }

  /** A slip of the keyboard leaves the letters, or all but one. */
  private static boolean likely(String one, String other) {
    return Math.abs(one.length() - other.length()) <= 1
        && (sorted(one).equals(sorted(other)) || distance(one, other) <= 1);
  }

  private static String sorted(String text) {
    return text.chars()
        .sorted()
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Returns 0 for equal texts, 1 if one letter is missing, surplus or another; else 2. */
  private static int distance(String one, String other) {
    int same = 0;
    while (same < Math.min(one.length(), other.length())
        && one.charAt(same) == other.charAt(same)) {
      same++;
    }
    String left = one.substring(same);
    String right = other.substring(same);
    boolean oneEdit =
        left.length() == right.length()
            ? left.isEmpty() || left.substring(1).equals(right.substring(1))
            : left.length() > right.length()
                ? left.substring(1).equals(right)
                : right.substring(1).equals(left);
    return left.equals(right) ? 0 : oneEdit ? 1 : 2;
  }

  /** Returns how many labels of {@code selector} it has. */
  long agreements(Map<String, String> selector) {
    return selector.entrySet().stream()
        .filter(label -> label.getValue().equals(labels.get(label.getKey())))
        .count();
  }
}
