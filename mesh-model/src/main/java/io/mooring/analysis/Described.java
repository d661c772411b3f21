package io.mooring.analysis;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an entry, or a group for its members to come, says of workloads: also of those that are
 * unhealthy or not there yet.
 *
 * @param key of the entry or group
 * @param labels that services select by
 * @param ports names of its ports to their numbers
 */
record Described(ConfigKey key, SortedMap<String, String> labels, Map<String, Integer> ports) {

  static Described of(WorkloadEntry entry) {
    NavigableMap<String, String> labels = new TreeMap<>(entry.spec().labels());
    labels.putAll(entry.metadata().labels());
    return new Described(entry.key(), labels, entry.spec().ports());
  }

  static Described of(WorkloadGroup group) {
    NavigableMap<String, String> labels = new TreeMap<>(group.spec().template().labels());
    group.spec().metadata().map(WorkloadGroupMetadata::labels).ifPresent(labels::putAll);
    return new Described(group.key(), labels, group.spec().template().ports());
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

  /** Returns how many labels of {@code selector} it has. */
  long agreements(Map<String, String> selector) {
    return selector.entrySet().stream()
        .filter(label -> label.getValue().equals(labels.get(label.getKey())))
        .count();
  }
}
