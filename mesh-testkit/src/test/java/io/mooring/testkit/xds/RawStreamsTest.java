package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.testkit.xds.InProcessXds.endpoints;
import static io.mooring.testkit.xds.InProcessXds.route;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.listener.v3.ListenerDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.RouteDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.testkit.Row;
import io.mooring.testkit.xds.RawXds.Via;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.NodeAuthorizer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams, methods and nodes: rows 1 to 12, on the wire. */
class RawStreamsTest {

  /** Any message will do for a resource: the server does not look inside. */
  private static VersionedResource resource(XdsType type, String name) {
    return VersionedResource.of(
        name,
        Any.newBuilder()
            .setTypeUrl(type.typeUrl())
            .setValue(ByteString.copyFromUtf8("\n\001" + name))
            .build());
  }

  static Stream<XdsType> sotwTypes() {
    return new TreeSet<>(RawXds.SOTW.keySet()).stream();
  }

  static Stream<XdsType> deltaTypes() {
    return new TreeSet<>(RawXds.DELTA.keySet()).stream();
  }

  @Row({1, 2, 3, 9, 13, 35, 168})
  @ParameterizedTest
  @MethodSource("sotwTypes")
  void everyTypeIsServedInStateOfTheWorldByItsServiceAndAggregated(XdsType type) {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", type, resource(type, "a"));
      for (Via via : Via.values()) {
        RawSotw client = xds.sotw(via, type);
        client.send(
            via == Via.SEPARATE ? new XdsType("") : type, request -> request.addResourceNames("a"));
        assertThat(client.take()).hasSize(1);
        DiscoveryResponse response = client.last();
        assertThat(response.getTypeUrl()).isEqualTo(type.typeUrl());
        assertThat(response.getResources(0).getTypeUrl()).isEqualTo(type.typeUrl());
        assertThat(response.getVersionInfo()).isNotEmpty();
        assertThat(response.getNonce()).isNotEmpty();
        assertThat(response.getControlPlane().getIdentifier()).isEqualTo("mooring");
        client.accept(response, "a");
        assertThat(client.sent()).isEmpty();
        assertThat(client.stream.isOpen()).isTrue();
      }
    }
  }

  @Row({1, 2, 3, 9, 13, 33, 35, 168})
  @ParameterizedTest
  @MethodSource("deltaTypes")
  void everyTypeIsServedInDeltaByItsServiceAndAggregated(XdsType type) {
    try (RawXds xds = new RawXds()) {
      VersionedResource a = resource(type, "a");
      xds.resources.put("one", type, a);
      for (Via via : Via.values()) {
        RawDelta client = xds.delta(via, type);
        client.send(
            via == Via.SEPARATE ? new XdsType("") : type,
            request -> request.addResourceNamesSubscribe("a"));
        assertThat(client.take()).hasSize(1);
        DeltaDiscoveryResponse response = client.last();
        assertThat(response.getTypeUrl()).isEqualTo(type.typeUrl());
        assertThat(response.getResources(0).getName()).isEqualTo("a");
        assertThat(response.getResources(0).hasResourceName()).isFalse();
        assertThat(response.getResources(0).getVersion()).isEqualTo(a.version());
        assertThat(response.getResources(0).getResource()).isEqualTo(a.body());
        assertThat(response.getNonce()).isNotEmpty();
        assertThat(response.getControlPlane().getIdentifier()).isEqualTo("mooring");
        client.accept(response);
        assertThat(client.sent()).isEmpty();
        assertThat(client.stream.isOpen()).isTrue();
      }
    }
  }

  @Row(1)
  @Test
  void restIsCleanlyUnimplemented() {
    List<BiConsumer<Channel, DiscoveryRequest>> fetches =
        List.of(
            (channel, request) ->
                ClusterDiscoveryServiceGrpc.newBlockingStub(channel).fetchClusters(request),
            (channel, request) ->
                ListenerDiscoveryServiceGrpc.newBlockingStub(channel).fetchListeners(request),
            (channel, request) ->
                RouteDiscoveryServiceGrpc.newBlockingStub(channel).fetchRoutes(request),
            (channel, request) ->
                SecretDiscoveryServiceGrpc.newBlockingStub(channel).fetchSecrets(request));
    try (RawXds xds = new RawXds()) {
      for (BiConsumer<Channel, DiscoveryRequest> fetch : fetches) {
        assertThatThrownBy(
                () ->
                    fetch.accept(
                        xds.channel, DiscoveryRequest.newBuilder().setNode(RawXds.NODE).build()))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                failure ->
                    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
      }
    }
  }

  @Row(2)
  @Test
  void aggregatedRequestWithoutATypeEndsItsStreamAlone() {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      RawDelta other = xds.delta().subscribe(CLUSTER);
      RawDelta client = xds.delta().subscribe(new XdsType(""), "a");
      assertThat(client.stream.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(client.stream.end().getDescription()).contains("type_url");
      assertThat(other.sent()).containsExactly("Cluster a");
    }
  }

  @Row(4)
  @Test
  void typesOfOneStreamHaveWorldsOfTheirOwn() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one", ResourceSet.empty().with(CLUSTER, cluster("a", 1)).with(ROUTE, route("r", 1)));
      RawSotw client = xds.sotw().ask(CLUSTER).ask(ROUTE, "r");
      List<DiscoveryResponse> sent = client.take();
      client.reject(sent.get(0), "");
      client.accept(sent.get(1), "r");
      assertThat(client.sent()).isEmpty();
      xds.resources.put("one", ROUTE, route("r", 2));
      assertThat(client.sent()).containsExactly("RouteConfiguration r");
      xds.resources.put("one", CLUSTER, cluster("a", 2));
      assertThat(client.sent()).containsExactly("Cluster a");
    }
  }

  @Row({5, 6})
  @ParameterizedTest
  @EnumSource
  void nodeOfTheFirstRequestCounts(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      xds.resources.put("other", CLUSTER, cluster("b", 1));
      RawDelta once = xds.delta(via, CLUSTER).subscribe(CLUSTER);
      RawDelta always = xds.delta(via, CLUSTER);
      RawDelta another = xds.delta(via, CLUSTER);
      for (RawDelta client : List.of(always, another)) {
        client.subscribe(CLUSTER);
      }
      Node stranger = Node.newBuilder().setId("other").build();
      always.send(CLUSTER, request -> request.setNode(RawXds.NODE).addResourceNamesSubscribe("x"));
      another.send(CLUSTER, request -> request.setNode(stranger).addResourceNamesSubscribe("x"));
      assertThat(once.sent()).containsExactly("Cluster a");
      assertThat(always.sent()).containsExactly("Cluster a", "Cluster -x");
      assertThat(another.sent()).containsExactly("Cluster a", "Cluster -x");
      for (Node later : List.of(RawXds.NODE, stranger)) {
        RawSotw sotw = xds.sotw(via, CLUSTER).ask(CLUSTER);
        assertThat(sotw.sentAndAccepted()).containsExactly("Cluster a");
        sotw.send(CLUSTER, request -> request.setNode(later).addResourceNames("*"));
        xds.resources.put("other", CLUSTER, cluster("b", later.hashCode()));
        assertThat(sotw.sent()).isEmpty();
      }
    }
  }

  @Row(2)
  @Test
  void serviceOfOneTypeServesThatTypeWhateverARequestSays() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          ResourceSet.empty().with(CLUSTER, cluster("a", 1)).with(ENDPOINT, endpoints("a", 1)));
      RawSotw sotw = xds.sotw(Via.SEPARATE, CLUSTER).ask(CLUSTER);
      RawDelta delta = xds.delta(Via.SEPARATE, CLUSTER).subscribe(CLUSTER);
      assertThat(sotw.sentAndAccepted()).containsExactly("Cluster a");
      assertThat(delta.sentAndAccepted()).containsExactly("Cluster a");
      sotw.send(ENDPOINT, request -> request.setResponseNonce(sotw.last().getNonce()));
      delta.send(ENDPOINT, request -> request.setResponseNonce(delta.last().getNonce()));
      assertThat(sotw.sent()).isEmpty();
      assertThat(delta.sent()).isEmpty();
      xds.resources.update(
          "one", set -> set.with(CLUSTER, cluster("a", 2)).with(ENDPOINT, endpoints("a", 2)));
      assertThat(sotw.sent()).containsExactly("Cluster a");
      assertThat(delta.sent()).containsExactly("Cluster a");
    }
  }

  @Row(5)
  @Test
  void groupFunctionThatFailsLeavesItsNodeUnansweredAndTheOthersServed() {
    SnapshotResources resources =
        new SnapshotResources(
            node -> {
              if (node.id().equals("two")) {
                throw new IllegalStateException("no group for two");
              }
              return node.id();
            });
    try (RawXds xds = new RawXds(resources, builder -> builder)) {
      Node two = Node.newBuilder().setId("two").build();
      RawDelta unlucky = xds.delta(Via.AGGREGATED, CLUSTER, two).subscribe(CLUSTER);
      RawDelta client = xds.delta().subscribe(CLUSTER);
      resources.put("two", CLUSTER, cluster("b", 1));
      resources.put("one", CLUSTER, cluster("a", 1));
      assertThat(client.sent()).containsExactly("Cluster a");
      assertThat(unlucky.sent()).isEmpty();
      assertThat(unlucky.stream.isOpen()).isTrue();
    }
  }

  @Row({5, 6})
  @Test
  void groupsAreTheUsersWhateverTheNodeSays() {
    SnapshotResources resources = new SnapshotResources(node -> "all");
    resources.put("all", CLUSTER, cluster("a", 1));
    try (RawXds xds = new RawXds(resources, builder -> builder)) {
      for (Via via : Via.values()) {
        Node unnamed = Node.newBuilder().setCluster("edge").build();
        assertThat(xds.sotw(via, CLUSTER, unnamed).ask(CLUSTER).sent())
            .containsExactly("Cluster a");
        assertThat(xds.delta(via, CLUSTER, unnamed).subscribe(CLUSTER).sent())
            .containsExactly("Cluster a");
        assertThat(xds.delta(via, CLUSTER, Node.getDefaultInstance()).subscribe(CLUSTER).sent())
            .containsExactly("Cluster a");
      }
    }
  }

  @Row({5, 6})
  @Test
  void firstRequestThatIsNobodysIsRefusedWhereANodeMustBeSomebody() {
    SnapshotResources resources = new SnapshotResources(ProxyNode::id);
    NodeAuthorizer somebody =
        (peer, node) -> {
          if (node.id().isEmpty()) {
            throw Status.INVALID_ARGUMENT.withDescription("node.id: ''").asRuntimeException();
          }
        };
    try (RawXds xds = new RawXds(resources, builder -> builder.authorizer(somebody))) {
      RawSotw client = xds.sotw(Via.AGGREGATED, CLUSTER, Node.getDefaultInstance()).ask(CLUSTER);
      assertThat(client.stream.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(client.stream.end().getDescription()).contains("node.id");
    }
  }

  @Row({7, 167})
  @Test
  void oneConnectionCarriesManyStreamsOfOneTypeAndNode() {
    try (RawXds xds = new RawXds()) {
      ResourceSet set = ResourceSet.empty();
      List<RawSotw> clients = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        set = set.with(ENDPOINT, endpoints("e" + i, 1));
        clients.add(xds.sotw(Via.SEPARATE, ENDPOINT).ask(ENDPOINT, "e" + i));
      }
      xds.resources.set("one", set);
      for (int i = 0; i < 500; i++) {
        assertThat(clients.get(i).sent()).containsExactly("ClusterLoadAssignment e" + i);
      }
      xds.resources.put("one", ENDPOINT, endpoints("e7", 2));
      for (int i = 0; i < 500; i++) {
        assertThat(clients.get(i).sent()).hasSize(i == 7 ? 1 : 0);
      }
    }
  }

  @Row(8)
  @ParameterizedTest
  @EnumSource
  void requestNamesOneResourceOrAThousand(Via via) {
    try (RawXds xds = new RawXds()) {
      ResourceSet set = ResourceSet.empty();
      String[] names = IntStream.range(0, 1_000).mapToObj(i -> "e" + i).toArray(String[]::new);
      for (String name : names) {
        set = set.with(ENDPOINT, endpoints(name, 1));
      }
      xds.resources.set("one", set);
      RawSotw sotw = xds.sotw(via, ENDPOINT).ask(ENDPOINT, names);
      RawDelta delta = xds.delta(via, ENDPOINT).subscribe(ENDPOINT, names);
      assertThat(sotw.take().get(0).getResourcesList()).hasSize(1_000);
      assertThat(delta.take().get(0).getResourcesList()).hasSize(1_000);
      assertThat(xds.sotw(via, ENDPOINT).ask(ENDPOINT, "e1").sent())
          .containsExactly("ClusterLoadAssignment e1");
      assertThat(xds.delta(via, ENDPOINT).subscribe(ENDPOINT, "e1", "e2").sent())
          .containsExactly("ClusterLoadAssignment e1 e2");
    }
  }

  @Row(11)
  @Test
  void unknownTypesLeaveTheOthersOfTheirStreamAlive() {
    XdsType unknown = new XdsType("unknown-type");
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      RawSotw sotw = xds.sotw().ask(unknown).ask(unknown, "x").ask(CLUSTER);
      RawDelta delta = xds.delta().subscribe(unknown).subscribe(unknown, "x").subscribe(CLUSTER);
      assertThat(sotw.sent()).containsExactly("unknown-type", "Cluster a"); // there is no x
      assertThat(delta.sent()).containsExactly("unknown-type -x", "Cluster a");
    }
  }

  @Row(11)
  @Test
  void typesThatNobodyKnowsAreServedAsBytes() {
    XdsType nameTable = new XdsType("type.googleapis.com/istio.networking.nds.v1.NameTable");
    VersionedResource table =
        VersionedResource.of(
            "table",
            Any.newBuilder()
                .setTypeUrl(nameTable.typeUrl())
                .setValue(ByteString.copyFromUtf8("\377 no protobuf"))
                .build());
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", nameTable, table);
      RawSotw sotw = xds.sotw().ask(nameTable);
      RawDelta delta = xds.delta().subscribe(nameTable);
      assertThat(sotw.take().get(0).getResourcesList()).containsExactly(table.body());
      assertThat(delta.take().get(0).getResources(0).getResource()).isEqualTo(table.body());
      assertThat(xds.sotw().ask(nameTable, "table").take()).hasSize(1);
      assertThat(xds.delta().subscribe(nameTable, "table").sent())
          .containsExactly("NameTable table");
    }
  }

  @Row(1)
  @ParameterizedTest
  @EnumSource
  void clientThatEndsItsStreamInOrderSeesItEndedInOrder(Via via) {
    try (RawXds xds = new RawXds()) {
      RawSotw client = xds.sotw(via, LISTENER).ask(LISTENER);
      client.stream.halfClose();
      assertThat(client.stream.end().isOk()).isTrue();
      assertThat(xds.xds.status()).isEmpty();
    }
  }
}
