package io.mooring.xds.translate.listener;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Listeners of one proxy, and what could not become one. Immutable.
 *
 * @param listeners by name, each name once
 * @param routeNames the route configurations that the listeners ask for by RDS; one that is not
 *     answered keeps its listener from opening
 * @param conflicts in the order in which they were found, which is that of the services
 */
public record ListenerTranslation(
    List<Listener> listeners, SortedSet<String> routeNames, List<ListenerConflict> conflicts) {

  public ListenerTranslation {
    listeners = List.copyOf(listeners);
    routeNames = Collections.unmodifiableSortedSet(new TreeSet<>(routeNames));
    conflicts = List.copyOf(conflicts);
  }
}
