package io.mooring.xds.translate.listener;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.mooring.model.Protocol;
import io.mooring.xds.resource.Pack;
import io.mooring.xds.translate.secret.MeshAlpn;

/**
 * Network filters that parse HTTP: outbound ones routed by RDS, inbound ones to the application.
 */
final class HttpManagers {

  private static final Duration NONE = Duration.getDefaultInstance();

  private static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setInitialFetchTimeout(NONE)
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  /** What every manager has. Streams may be idle for ever: WebSockets, watches, gRPC streams. */
  private static final HttpConnectionManager COMMON =
      HttpConnectionManager.newBuilder()
          .setStreamIdleTimeout(NONE)
          .setNormalizePath(BoolValue.of(true))
          .setProxy100Continue(true)
          .addUpgradeConfigs(UpgradeConfig.newBuilder().setUpgradeType("websocket"))
          .build();

  private static final HttpFilter FAULT =
      filter("envoy.filters.http.fault", HTTPFault.getDefaultInstance());
  private static final HttpFilter CORS =
      filter("envoy.filters.http.cors", Cors.getDefaultInstance());
  private static final HttpFilter ROUTER =
      filter("envoy.filters.http.router", Router.getDefaultInstance());

  /**
   * Tells a server that sniffs, too, that HTTP is inside: its cluster cannot know, for it carries
   * whatever the port turns out to speak.
   */
  private static final HttpFilter SAY_HTTP =
      filter(
          "envoy.filters.http.set_filter_state",
          Config.newBuilder()
              .addOnRequestHeaders(
                  FilterStateValue.newBuilder()
                      .setObjectKey("envoy.network.application_protocols")
                      .setFormatString(
                          SubstitutionFormatString.newBuilder()
                              .setTextFormatSource(
                                  DataSource.newBuilder()
                                      .setInlineString(
                                          String.join(",", MeshAlpn.HTTP_ANY.names()))))
                      .setSharedWithUpstream(FilterStateValue.SharedWithUpstream.ONCE))
              .build());

  private HttpManagers() {}

  /**
   * Returns the filter of an outbound port.
   *
   * @param statPrefix begins the names of its statistics
   * @param routeName route configuration to ask for by RDS
   * @param sniffed whether a service behind it has not declared its protocol
   */
  static Filter outbound(String statPrefix, String routeName, boolean sniffed) {
    HttpConnectionManager.Builder manager =
        COMMON.toBuilder()
            .setStatPrefix(statPrefix)
            .setRds(Rds.newBuilder().setRouteConfigName(routeName).setConfigSource(ADS));
    if (sniffed) {
      manager.addHttpFilters(SAY_HTTP);
    }
    return filter(manager.addHttpFilters(FAULT).addHttpFilters(CORS).addHttpFilters(ROUTER));
  }

  /**
   * Returns the filter of an inbound port: everything goes to one cluster. The application learns
   * who called from {@code x-forwarded-client-cert}, which Envoy removes from plain text requests.
   *
   * @param servicePort number of the service port, for the name of the virtual host
   */
  static Filter inbound(String statPrefix, String cluster, int servicePort, Protocol protocol) {
    return filter(
        COMMON.toBuilder()
            .setStatPrefix(statPrefix)
            .setRouteConfig(inboundRoutes(cluster, servicePort, protocol))
            .setForwardClientCertDetails(ForwardClientCertDetails.APPEND_FORWARD)
            .setSetCurrentClientCertDetails(
                SetCurrentClientCertDetails.newBuilder()
                    .setSubject(BoolValue.of(true))
                    .setUri(true)
                    .setDns(true))
            .addHttpFilters(ROUTER));
  }

  private static RouteConfiguration inboundRoutes(
      String cluster, int servicePort, Protocol protocol) {
    RouteAction.Builder action = RouteAction.newBuilder().setCluster(cluster).setTimeout(NONE);
    if (protocol != Protocol.GRPC && protocol != Protocol.GRPC_WEB) {
      // An application that closes an idle connection as a request arrives has not seen the
      // request.
      action.setRetryPolicy(
          RetryPolicy.newBuilder()
              .setRetryOn("reset-before-request")
              .setNumRetries(UInt32Value.of(2)));
    }
    return RouteConfiguration.newBuilder()
        .setName(cluster)
        .setValidateClusters(BoolValue.of(false))
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName("inbound|http|" + servicePort)
                .addDomains("*")
                .addRoutes(
                    Route.newBuilder()
                        .setName("default")
                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                        .setRoute(action)))
        .build();
  }

  private static Filter filter(HttpConnectionManager.Builder manager) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.http_connection_manager")
        .setTypedConfig(Pack.any(manager.build()))
        .build();
  }

  private static HttpFilter filter(String name, Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Pack.any(config)).build();
  }
}
