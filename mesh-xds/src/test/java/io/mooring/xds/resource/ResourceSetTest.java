package io.mooring.xds.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourceSetTest {

  private static final Cluster CLUSTER = Cluster.newBuilder().setName("a").build();

  @Test
  void messageOfEachKindIsKnownByItsTypeAndItsOwnName() {
    Map<XdsType, Message> messages =
        Map.of(
            XdsType.CLUSTER, CLUSTER,
            XdsType.ENDPOINT, ClusterLoadAssignment.newBuilder().setClusterName("a").build(),
            XdsType.LISTENER, Listener.newBuilder().setName("a").build(),
            XdsType.ROUTE, RouteConfiguration.newBuilder().setName("a").build(),
            XdsType.SCOPED_ROUTE, ScopedRouteConfiguration.newBuilder().setName("a").build(),
            XdsType.SECRET, Secret.newBuilder().setName("a").build(),
            XdsType.RUNTIME, Runtime.newBuilder().setName("a").build(),
            XdsType.EXTENSION_CONFIG, TypedExtensionConfig.newBuilder().setName("a").build());
    ResourceSet set = ResourceSet.of(messages.values());
    assertThat(set.types()).isEqualTo(messages.keySet());
    messages.forEach(
        (type, message) -> {
          assertThat(XdsType.of(message)).isEqualTo(type);
          assertThat(set.resources(type).get("a")).isEqualTo(VersionedResource.of("a", message));
          assertThat(ResourceSet.empty().with(message).resources(type)).containsOnlyKeys("a");
        });
  }

  @Test
  void messageWithoutANameIsRefused() {
    for (Message nameless :
        List.<Message>of(
            Cluster.getDefaultInstance(), StringValue.of("name"), Duration.newBuilder().build())) {
      assertThatThrownBy(() -> ResourceSet.of(List.of(nameless)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(nameless.getDescriptorForType().getFullName());
    }
  }

  @Test
  void nameThatIsThereTwiceIsRefusedAndOneOfAnotherTypeIsNot() {
    Listener listener = Listener.newBuilder().setName("a").build();
    assertThat(ResourceSet.of(List.of(CLUSTER, listener)).types()).hasSize(2);
    assertThatThrownBy(() -> ResourceSet.of(List.of(CLUSTER, listener, CLUSTER)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("envoy.config.cluster.v3.Cluster 'a': twice");
  }
}
