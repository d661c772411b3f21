package io.mooring.registry;

import java.util.Comparator;

/**
 * Where the endpoints at one workload stand among all of a service. Immutable; ordered.
 *
 * @param definition rank of the definition that contributes them, oldest first
 * @param inline position in the definition or slice; 0 where the definition selects workloads
 * @param workload id of the selected workload, {@code EndpointSlice/name} for one of a slice; empty
 *     for an inline one
 */
record EndpointPosition(int definition, int inline, String workload)
    implements Comparable<EndpointPosition> {

  private static final Comparator<EndpointPosition> ORDER =
      Comparator.comparingInt(EndpointPosition::definition)
          .thenComparingInt(EndpointPosition::inline)
          .thenComparing(EndpointPosition::workload);

  @Override
  public int compareTo(EndpointPosition other) {
    return ORDER.compare(this, other);
  }
}
