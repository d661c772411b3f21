package io.mooring.xds.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import org.junit.jupiter.api.Test;

class ResourceReferencesTest {

  private static final ResourceSet SET =
      ResourceSet.empty()
          .with(
              XdsType.CLUSTER,
              VersionedResource.of(
                  "a",
                  Cluster.newBuilder().setName("a").setType(Cluster.DiscoveryType.EDS).build()))
          .with(
              XdsType.CLUSTER,
              VersionedResource.of(
                  "named",
                  Cluster.newBuilder()
                      .setName("named")
                      .setType(Cluster.DiscoveryType.EDS)
                      .setEdsClusterConfig(
                          Cluster.EdsClusterConfig.newBuilder().setServiceName("service"))
                      .build()))
          .with(
              XdsType.CLUSTER,
              VersionedResource.of("static", Cluster.newBuilder().setName("static").build()))
          .with(
              XdsType.LISTENER,
              VersionedResource.of(
                  "l",
                  Listener.newBuilder()
                      .setName("l")
                      .addFilterChains(
                          FilterChain.newBuilder()
                              .addFilters(
                                  Filter.newBuilder()
                                      .setTypedConfig(
                                          Pack.any(
                                              HttpConnectionManager.newBuilder()
                                                  .setRds(Rds.newBuilder().setRouteConfigName("r"))
                                                  .build()))))
                      .build()))
          .with(
              XdsType.SCOPED_ROUTE,
              VersionedResource.of(
                  "s",
                  ScopedRouteConfiguration.newBuilder()
                      .setName("s")
                      .setRouteConfigurationName("r2")
                      .build()));

  @Test
  void whatIsAskedForAndNotThereIsNamed() {
    assertThat(ResourceReferences.missing(SET))
        .containsExactly(
            "Cluster 'a' needs ClusterLoadAssignment 'a'",
            "Cluster 'named' needs ClusterLoadAssignment 'service'",
            "Listener 'l' needs RouteConfiguration 'r'",
            "ScopedRouteConfiguration 's' needs RouteConfiguration 'r2'");
  }

  @Test
  void whatIsThereIsNotMissing() {
    ResourceSet whole = SET;
    for (String name : new String[] {"a", "service"}) {
      whole =
          whole.with(
              XdsType.ENDPOINT,
              VersionedResource.of(
                  name, ClusterLoadAssignment.newBuilder().setClusterName(name).build()));
    }
    for (String name : new String[] {"r", "r2"}) {
      whole =
          whole.with(
              XdsType.ROUTE,
              VersionedResource.of(name, RouteConfiguration.newBuilder().setName(name).build()));
    }
    assertThat(ResourceReferences.missing(whole)).isEmpty();
  }

  @Test
  void resourceOfAnotherTypeIsRefused() {
    VersionedResource garbage =
        VersionedResource.of(
            "a",
            Any.newBuilder()
                .setTypeUrl(XdsType.CLUSTER.typeUrl())
                .setValue(ByteString.copyFromUtf8("\377"))
                .build());
    assertThatThrownBy(
            () -> ResourceReferences.missing(ResourceSet.empty().with(XdsType.CLUSTER, garbage)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a'");
  }
}
