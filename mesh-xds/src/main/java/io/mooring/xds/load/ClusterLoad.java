package io.mooring.xds.load;

import java.time.Duration;
import java.util.List;

/**
 * What one client sent to one cluster since its last report. Immutable.
 *
 * @param cluster name of the cluster
 * @param service its EDS service name, {@code ""} where it has none
 * @param interval how long since the last report
 * @param dropped requests that the client dropped by itself, to shed load
 * @param localities where its requests went
 */
public record ClusterLoad(
    String cluster,
    String service,
    Duration interval,
    long dropped,
    List<LocalityLoad> localities) {

  public ClusterLoad {
    localities = List.copyOf(localities);
  }

  /** Returns how many requests were sent. */
  public long issued() {
    return localities.stream().mapToLong(LocalityLoad::issued).sum();
  }

  /** Returns how many of the requests that ended succeeded. */
  public long succeeded() {
    return localities.stream().mapToLong(LocalityLoad::succeeded).sum();
  }

  /** Returns how many of the requests that ended failed. */
  public long failed() {
    return localities.stream().mapToLong(LocalityLoad::failed).sum();
  }

  /** Returns how many requests have not ended yet. */
  public long inProgress() {
    return localities.stream().mapToLong(LocalityLoad::inProgress).sum();
  }
}
