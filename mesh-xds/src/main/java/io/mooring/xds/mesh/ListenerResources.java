package io.mooring.xds.mesh;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.translate.listener.InboundClusters;
import io.mooring.xds.translate.listener.InboundListenerInput;
import io.mooring.xds.translate.listener.InboundListeners;
import io.mooring.xds.translate.listener.ListenerConflict;
import io.mooring.xds.translate.listener.ListenerTranslation;
import io.mooring.xds.translate.listener.OutboundListenerInput;
import io.mooring.xds.translate.listener.OutboundListeners;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Predicate;

/**
 * Puts listeners, and the clusters that only inbound listeners use, into the resources of a proxy.
 * Remembers what it made by its input: proxies of one kind share it. Thread-safe.
 */
final class ListenerResources {

  /** How the names of inbound clusters begin, and the first text after all of them. */
  private static final String INBOUND = "inbound|";

  private static final String INBOUND_END = "inbound}";

  private final Memo<OutboundListenerInput, Made> outbound;
  private final Memo<InboundListenerInput, Made> inbound;

  /**
   * @param budget about how many bytes may be remembered, in all
   */
  ListenerResources(long budget) {
    this.outbound =
        new Memo<>(
            budget / 2,
            (input, made) -> Weights.elements(input.services().size()) + made.weight(),
            input -> Made.of(OutboundListeners.translate(input), List.of()));
    this.inbound =
        new Memo<>(
            budget / 2,
            (input, made) -> Weights.elements(input.targets().size()) + made.weight(),
            input -> Made.of(InboundListeners.translate(input), InboundClusters.translate(input)));
  }

  /** Returns about how many bytes are remembered. */
  long weight() {
    return outbound.weight() + inbound.weight();
  }

  /** Returns the route configurations that the outbound listeners ask for. */
  SortedSet<String> routeNames(OutboundListenerInput input) {
    return outbound.get(input).routeNames();
  }

  /** Returns {@code set} with everything that {@code inputs} make. */
  ResourceSet with(ResourceSet set, ListenerInputs inputs) {
    return inbound.get(inputs.inbound()).in(outbound.get(inputs.outbound()).in(set));
  }

  /** Returns whether {@code set} already has the inbound side that {@code input} makes. */
  boolean isInboundOf(ResourceSet set, InboundListenerInput input) {
    Made made = inbound.get(input);
    SortedMap<String, VersionedResource> clusters =
        set.resources(XdsType.CLUSTER).subMap(INBOUND, INBOUND_END);
    long served = made.clusters().stream().filter(it -> it.name().startsWith(INBOUND)).count();
    return clusters.size() == served
        && made.clusters().stream().allMatch(isIn(set, XdsType.CLUSTER))
        && made.listeners().stream().allMatch(isIn(set, XdsType.LISTENER));
  }

  private static Predicate<VersionedResource> isIn(ResourceSet set, XdsType type) {
    return resource -> resource.equals(set.resources(type).get(resource.name()));
  }

  /** Returns what of {@code inputs} could not become a listener. */
  List<ListenerConflict> conflicts(ListenerInputs inputs) {
    List<ListenerConflict> conflicts = new ArrayList<>(outbound.get(inputs.outbound()).conflicts());
    conflicts.addAll(inbound.get(inputs.inbound()).conflicts());
    return conflicts;
  }

  private record Made(
      List<VersionedResource> listeners,
      List<VersionedResource> clusters,
      SortedSet<String> routeNames,
      List<ListenerConflict> conflicts) {

    static Made of(ListenerTranslation translation, List<Cluster> clusters) {
      List<VersionedResource> made = new ArrayList<>();
      for (Listener listener : translation.listeners()) {
        made.add(VersionedResource.of(listener.getName(), listener));
      }
      return new Made(
          List.copyOf(made),
          clusters.stream()
              .map(cluster -> VersionedResource.of(cluster.getName(), cluster))
              .toList(),
          translation.routeNames(),
          translation.conflicts());
    }

    long weight() {
      return Weights.of(listeners) + Weights.of(clusters) + Weights.elements(routeNames.size());
    }

    ResourceSet in(ResourceSet from) {
      ResourceSet set = from;
      for (VersionedResource cluster : clusters) {
        set = set.with(XdsType.CLUSTER, cluster);
      }
      for (VersionedResource listener : listeners) {
        set = set.with(XdsType.LISTENER, listener);
      }
      return set;
    }
  }
}
