package io.mooring.xds.protocol;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.mooring.xds.resource.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells which extension configurations listeners wait for: Envoy answers by itself, with errors,
 * where such a filter loses its configuration.
 */
final class ExtensionNames {

  private ExtensionNames() {}

  /** Returns the names in filters of these listeners. */
  static Set<String> of(Collection<VersionedResource> listeners) {
    Set<String> names = new HashSet<>();
    listeners.forEach(listener -> add(names, listener));
    return names;
  }

  private static void add(Set<String> names, VersionedResource resource) {
    try {
      Listener listener = Listener.parseFrom(resource.body().getValue());
      for (ListenerFilter filter : listener.getListenerFiltersList()) {
        add(names, filter.hasConfigDiscovery(), filter.getName());
      }
      List<FilterChain> chains = new ArrayList<>(listener.getFilterChainsList());
      chains.add(listener.getDefaultFilterChain());
      for (FilterChain chain : chains) {
        for (Filter filter : chain.getFiltersList()) {
          add(names, filter.hasConfigDiscovery(), filter.getName());
          addHttpFilters(names, filter.getTypedConfig());
        }
      }
    } catch (InvalidProtocolBufferException e) {
      return; // made by hand and no listener: the proxy will say so
    }
  }

  private static void addHttpFilters(Set<String> names, Any config)
      throws InvalidProtocolBufferException {
    if (config.is(HttpConnectionManager.class)) {
      for (HttpFilter filter : config.unpack(HttpConnectionManager.class).getHttpFiltersList()) {
        add(names, filter.hasConfigDiscovery(), filter.getName());
      }
    }
  }

  private static void add(Set<String> names, boolean discovered, String name) {
    if (discovered) {
      names.add(name);
    }
  }
}
