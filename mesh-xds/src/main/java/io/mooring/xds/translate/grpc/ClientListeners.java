package io.mooring.xds.translate.grpc;

import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.mooring.xds.resource.Pack;

/** The listeners that client channels ask for. Pure. */
public final class ClientListeners {

  static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  private ClientListeners() {}

  /**
   * Returns the listener of one target.
   *
   * @param target what comes after {@code xds:///}, e.g. {@code
   *     ratings.demo.svc.cluster.local:9080}
   * @param route the route configuration that says where its calls go
   */
  public static Listener translate(String target, String route) {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(route)
            .setRds(Rds.newBuilder().setConfigSource(ADS).setRouteConfigName(route))
            .addHttpFilters(HttpFilters.FAULT)
            .addHttpFilters(HttpFilters.ROUTER)
            .build();
    return Listener.newBuilder()
        .setName(target)
        .setApiListener(ApiListener.newBuilder().setApiListener(Pack.any(manager)))
        .build();
  }
}
