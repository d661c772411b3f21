package io.mooring.xds.resource;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds what the resources of a set ask for and the set does not have: a proxy would wait for it.
 * The server serves such sets all the same, as the rest may come later.
 */
public final class ResourceReferences {

  private ResourceReferences() {}

  /**
   * Returns one sentence for each missing resource, in order, e.g. {@code "Cluster 'a' needs
   * ClusterLoadAssignment 'a'"}: endpoints of clusters, routes of listeners and scopes.
   *
   * @throws IllegalArgumentException if a resource is not of its type
   */
  public static List<String> missing(ResourceSet set) {
    List<String> missing = new ArrayList<>();
    referred(set, XdsType.CLUSTER, Cluster.class, ResourceReferences::endpoints)
        .forEach((name, needed) -> add(missing, set, "Cluster", name, XdsType.ENDPOINT, needed));
    referred(set, XdsType.LISTENER, Listener.class, ResourceReferences::routes)
        .forEach((name, needed) -> add(missing, set, "Listener", name, XdsType.ROUTE, needed));
    referred(set, XdsType.SCOPED_ROUTE, ScopedRouteConfiguration.class, ResourceReferences::route)
        .forEach(
            (name, needed) ->
                add(missing, set, "ScopedRouteConfiguration", name, XdsType.ROUTE, needed));
    return missing;
  }

  private interface Names<M> {
    Stream<String> of(M message) throws InvalidProtocolBufferException;
  }

  private static <M extends Message> SortedMap<String, List<String>> referred(
      ResourceSet set, XdsType type, Class<M> message, Names<M> names) {
    SortedMap<String, List<String>> referred = new TreeMap<>();
    set.resources(type).values().stream()
        .filter(resource -> resource.hasBody() && !resource.isError())
        .forEach(
            resource -> {
              try {
                referred.put(resource.name(), names.of(resource.as(message)).sorted().toList());
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalArgumentException(
                    "resource '%s': unreadable filter (expected: HttpConnectionManager)"
                        .formatted(resource.name()),
                    e);
              }
            });
    return referred;
  }

  private static void add(
      List<String> missing,
      ResourceSet set,
      String kind,
      String name,
      XdsType type,
      List<String> needed) {
    String typeName = type.typeUrl().substring(type.typeUrl().lastIndexOf('.') + 1);
    needed.stream()
        .filter(each -> set.get(type, each).isEmpty())
        .map(each -> "%s '%s' needs %s '%s'".formatted(kind, name, typeName, each))
        .forEach(missing::add);
  }

  private static Stream<String> endpoints(Cluster cluster) {
    if (cluster.getType() != Cluster.DiscoveryType.EDS) {
      return Stream.empty();
    }
    String serviceName = cluster.getEdsClusterConfig().getServiceName();
    return Stream.of(serviceName.isEmpty() ? cluster.getName() : serviceName);
  }

  private static Stream<String> route(ScopedRouteConfiguration scope) {
    String name = scope.getRouteConfigurationName();
    return name.isEmpty() ? Stream.empty() : Stream.of(name);
  }

  private static Stream<String> routes(Listener listener) throws InvalidProtocolBufferException {
    List<FilterChain> chains = new ArrayList<>(listener.getFilterChainsList());
    chains.add(listener.getDefaultFilterChain());
    List<Any> filters = new ArrayList<>();
    chains.forEach(
        chain -> chain.getFiltersList().forEach(filter -> filters.add(filter.getTypedConfig())));
    filters.add(listener.getApiListener().getApiListener());
    List<String> routes = new ArrayList<>();
    for (Any filter : filters) {
      if (filter.is(HttpConnectionManager.class)) {
        HttpConnectionManager manager = filter.unpack(HttpConnectionManager.class);
        if (manager.hasRds()) {
          routes.add(manager.getRds().getRouteConfigName());
        }
      }
    }
    return routes.stream().distinct();
  }
}
