package io.mooring.xds.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Pushing changes, whenever they are worked on, ends where pushing everything would. */
class SnapshotHistoryTest {

  private enum What {
    PUT,
    REMOVE,
    SET,
    CLEAR,
    CONNECT,
    WORK
  }

  private record Event(What what, int group, int name, int revision) {}

  @Provide
  Arbitrary<List<Event>> histories() {
    return Combinators.combine(
            Arbitraries.of(What.class),
            Arbitraries.integers().between(0, 1),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(1, 2))
        .as(Event::new)
        .list()
        .ofMaxSize(40);
  }

  @Property(tries = 300)
  void everyProxyEndsWithWhatItsGroupHas(@ForAll("histories") List<Event> history) {
    FakeClock clock = new FakeClock();
    ManualExecutor executor = new ManualExecutor(clock);
    SnapshotResources resources = new SnapshotResources(ProxyNode::id);
    Map<String, ResourceSet> lastKnown = new HashMap<>();
    List<PushConnection> connections = new ArrayList<>();
    try (PushService<Set<String>> push =
        PushService.builder(resources)
            .debounce(Duration.ZERO, Duration.ZERO)
            .executor(executor)
            .scheduler(executor)
            .clock(clock)
            .build()) {
      resources.onChange(push::changed);
      for (Event event : history) {
        String group = "g" + event.group();
        VersionedResource resource = cluster("n" + event.name(), event.revision());
        switch (event.what()) {
          case PUT -> resources.put(group, XdsType.CLUSTER, resource);
          case REMOVE -> resources.remove(group, XdsType.CLUSTER, resource.name());
          case SET -> resources.set(group, ResourceSet.empty().with(XdsType.CLUSTER, resource));
          case CLEAR -> {
            executor.runReady(); // what was pushed before stays
            resources.clear(group);
          }
          case CONNECT -> connections.add(push.connect(node(group), (offered, since) -> {}));
          case WORK -> executor.runReady();
        }
        resources.get(group).ifPresent(known -> lastKnown.put(group, known));
      }
      executor.runReady();
      for (PushConnection connection : connections) {
        connection
            .offered()
            .ifPresent(
                offered -> assertThat(offered).isEqualTo(lastKnown.get(connection.node().id())));
        if (resources.get(connection.node().id()).isPresent()) {
          assertThat(connection.offered()).isPresent();
        }
      }
    }
  }

  private static ProxyNode node(String id) {
    return ProxyNode.parse(Node.newBuilder().setId(id).build());
  }

  private static VersionedResource cluster(String name, int revision) {
    return VersionedResource.of(
        name, Cluster.newBuilder().setName(name).setAltStatName("r" + revision).build());
  }
}
