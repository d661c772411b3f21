package io.mooring.registry;

import java.util.Comparator;

/**
 * Where the endpoints at one workload stand among all of a service. Immutable; ordered.
 *
 * @param definition rank of the definition that contributes them, oldest first
 * @param inline position in the definition; 0 where it selects workloads
 * @param workload name of the selected workload; empty for an inline one
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
