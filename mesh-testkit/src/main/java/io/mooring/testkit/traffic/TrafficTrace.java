package io.mooring.testkit.traffic;

/**
 * Which configuration a call went through, by name; {@code ""} for what it did not reach, and for
 * what has no name. Immutable.
 *
 * @param listener name of the listener
 * @param filterChain name of the filter chain
 * @param virtualHost name of the virtual host
 * @param route name of the route
 * @param cluster name of the cluster
 * @param endpoint {@code address:port}
 */
public record TrafficTrace(
    String listener,
    String filterChain,
    String virtualHost,
    String route,
    String cluster,
    String endpoint) {

  static final TrafficTrace NOTHING = new TrafficTrace("", "", "", "", "", "");

  TrafficTrace chain(String listenerName, String chainName) {
    return new TrafficTrace(listenerName, chainName, virtualHost, route, cluster, endpoint);
  }

  TrafficTrace route(String virtualHostName, String routeName) {
    return new TrafficTrace(listener, filterChain, virtualHostName, routeName, cluster, endpoint);
  }

  TrafficTrace cluster(String name) {
    return new TrafficTrace(listener, filterChain, virtualHost, route, name, endpoint);
  }

  TrafficTrace endpoint(String addressAndPort) {
    return new TrafficTrace(listener, filterChain, virtualHost, route, cluster, addressAndPort);
  }
}
