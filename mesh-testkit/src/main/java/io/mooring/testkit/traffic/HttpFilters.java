package io.mooring.testkit.traffic;

import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.Set;

/**
 * Which HTTP filters a connection manager has.
 *
 * @param fault whether fault injection is one of them
 */
record HttpFilters(boolean fault) {

  /** They change nothing of what the simulation answers. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "envoy.filters.http.cors",
          "envoy.filters.http.grpc_stats",
          "envoy.filters.http.router",
          "envoy.filters.http.set_filter_state");

  static HttpFilters of(HttpConnectionManager manager) {
    boolean fault = false;
    for (HttpFilter filter : manager.getHttpFiltersList()) {
      if (filter.getName().equals(FaultDraw.FILTER)) {
        fault = true;
      } else if (!WITHOUT_EFFECT.contains(filter.getName()) && !filter.getDisabled()) {
        throw new UnsupportedConfigurationException(
            "connection manager " + manager.getStatPrefix(), filter.getName());
      }
    }
    return new HttpFilters(fault);
  }
}
