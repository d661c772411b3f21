package io.mooring.identity.enroll;

import java.util.Map;
import java.util.TreeMap;

/**
 * What the labels count that a VM says of itself (node metadata {@code LABELS}). Labels decide to
 * which services an entry belongs and which policies select it, and any VM can say any label.
 */
public enum NodeLabelPolicy {
  /**
   * Nothing: a member has the labels of its group. The default, and the safe choice: a VM cannot
   * put itself behind a service of its namespace that its group is not part of.
   */
  GROUP_ONLY,
  /**
   * They add to the group's, which they cannot change. A VM may still join any service whose
   * selector names a label that the group leaves open.
   */
  ADD,
  /** They override the group's, as in Istio: a VM may join any service of its namespace. */
  OVERRIDE;

  /**
   * Returns the labels of a member; those that its bundle copied from the group are not its own.
   */
  Map<String, String> merge(Map<String, String> ofGroup, EnrollmentRequest request) {
    Map<String, String> labels = new TreeMap<>(ofGroup);
    if (this != GROUP_ONLY) {
      request
          .labels()
          .forEach(
              (key, value) -> {
                if (!value.equals(request.templateLabels().get(key))
                    && (this == OVERRIDE || !ofGroup.containsKey(key))) {
                  labels.put(key, value);
                }
              });
    }
    return labels;
  }
}
