package io.mooring.xds.node;

import io.mooring.model.ConfigKey;
import io.mooring.model.LabelSelector;
import io.mooring.model.networking.Subset;
import io.mooring.model.networking.TrafficPolicy;
import java.util.List;
import java.util.Optional;

/**
 * What the DestinationRules of one namespace for one host say together. Immutable.
 *
 * @param sources the rules that were merged, oldest first; never empty
 * @param exportTo the namespaces that see it, as written; empty means all
 * @param selector the proxies it is for; absent is all
 * @param trafficPolicy the policy of the whole host: that of the oldest rule that has one
 * @param subsets of all rules; of two with one name that of the older rule
 */
public record DestinationPolicy(
    List<ConfigKey> sources,
    List<String> exportTo,
    Optional<LabelSelector> selector,
    Optional<TrafficPolicy> trafficPolicy,
    List<Subset> subsets) {

  public DestinationPolicy {
    sources = List.copyOf(sources);
    exportTo = List.copyOf(exportTo);
    subsets = List.copyOf(subsets);
  }
}
