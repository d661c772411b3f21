package io.mooring.xds.load;

import io.mooring.model.Locality;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one client sent to the endpoints of one cluster in one place. Immutable.
 *
 * @param locality the place
 * @param priority of the endpoints, 0 is the highest
 * @param issued how many requests were sent
 * @param succeeded how many ended well
 * @param failed how many did not
 * @param inProgress how many have not ended yet
 * @param meanByMetric what endpoints said of themselves (ORCA), the mean of all that said it
 */
public record LocalityLoad(
    Locality locality,
    int priority,
    long issued,
    long succeeded,
    long failed,
    long inProgress,
    SortedMap<String, Double> meanByMetric) {

  public LocalityLoad {
    meanByMetric = Collections.unmodifiableSortedMap(new TreeMap<>(meanByMetric));
  }
}
