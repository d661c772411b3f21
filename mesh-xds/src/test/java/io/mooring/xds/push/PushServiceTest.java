package io.mooring.xds.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PushServiceTest {

  private static final ProxyNode NODE = ProxyNode.parse(Node.newBuilder().setId("one").build());

  private final FakeClock clock = new FakeClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final Counters provider = new Counters();
  private final List<ResourceSet> offered = new ArrayList<>();
  private final List<String> observed = new ArrayList<>();
  private @Nullable RuntimeException observerFailure;
  private final PushObserver observer =
      new PushObserver() {
        @Override
        public void pushed(ProxyNode node, Duration queued, Duration worked) {
          failObserver();
          observed.add("pushed " + node.id() + " " + queued.toMillis());
        }

        @Override
        public void pushFailed(ProxyNode node, RuntimeException failure) {
          failObserver();
          observed.add("failed " + failure.getMessage());
        }
      };
  private final PushService<Set<String>> service =
      PushService.builder(provider)
          .debounce(Duration.ofMillis(100), Duration.ofSeconds(1))
          .executor(executor)
          .scheduler(executor)
          .clock(clock)
          .observer(observer)
          .build();

  private static VersionedResource resource(String name, int value) {
    return VersionedResource.of(
        name, Cluster.newBuilder().setName(name).setAltStatName("" + value).build());
  }

  private void failObserver() {
    if (observerFailure != null) {
      throw observerFailure;
    }
  }

  private void count(String... names) {
    for (String name : names) {
      provider.valueByName.merge(name, 1, Integer::sum);
    }
    service.changed(Set.of(names));
  }

  private void take(ResourceSet resources, Instant since) {
    offered.add(resources);
  }

  @Test
  void connectedProxyGetsItsInitialResources() {
    provider.valueByName.put("a", 7);
    PushConnection connection = service.connect(NODE, this::take);
    assertThat(connection.offered()).isEmpty();
    executor.runReady();
    assertThat(offered)
        .containsExactly(ResourceSet.empty().with(XdsType.CLUSTER, resource("a", 7)));
    assertThat(connection.offered()).contains(offered.get(0));
    assertThat(connection.node()).isEqualTo(NODE);
  }

  @Test
  void changesInQuickSuccessionAreOnePush() {
    service.connect(NODE, this::take);
    executor.runReady();
    count("a");
    executor.advance(Duration.ofMillis(50));
    count("b");
    executor.advance(Duration.ofMillis(100));
    assertThat(offered).hasSize(2);
    assertThat(offered.get(1)).isEqualTo(provider.initial(NODE));
    assertThat(provider.updates).containsExactly(Set.of("a", "b"));
    assertThat(observed).containsExactly("pushed one 0", "pushed one 150");
  }

  @Test
  void changeThatDoesNotConcernAProxyIsNotPushed() {
    service.connect(NODE, this::take);
    executor.runReady();
    count("-unconcerning");
    executor.advance(Duration.ofSeconds(1));
    assertThat(offered).hasSize(1);
  }

  @Test
  void changeBeforeTheFirstPushIsPartOfIt() {
    service.connect(NODE, this::take);
    count("a");
    executor.advance(Duration.ofSeconds(1));
    assertThat(offered.get(offered.size() - 1)).isEqualTo(provider.initial(NODE));
  }

  @Test
  void providerThatFailsLeavesTheProxyAsItIsUntilTheNextChange() {
    service.connect(NODE, this::take);
    executor.runReady();
    provider.failure = new IllegalStateException("broken");
    count("a");
    executor.advance(Duration.ofSeconds(1));
    assertThat(offered).hasSize(1);
    assertThat(observed).containsExactly("pushed one 0", "failed broken");
    provider.failure = null;
    count("b");
    executor.advance(Duration.ofSeconds(1));
    assertThat(offered.get(1)).isEqualTo(provider.initial(NODE));
  }

  @Test
  void targetThatFailsGetsEverythingWithTheNextChangeAndStopsNobody() {
    AtomicBoolean failing = new AtomicBoolean();
    List<ResourceSet> taken = new ArrayList<>();
    service.connect(
        NODE,
        (resources, since) -> {
          if (failing.get()) {
            throw new IllegalStateException("stream");
          }
          taken.add(resources);
        });
    service.connect(NODE, this::take);
    executor.runReady();
    failing.set(true);
    count("a");
    executor.advance(Duration.ofSeconds(1));
    assertThat(observed).contains("failed stream");
    assertThat(offered).hasSize(2).last().isEqualTo(provider.initial(NODE));
    failing.set(false);
    provider.updates.clear();
    count("-unconcerning");
    executor.advance(Duration.ofSeconds(1));
    assertThat(provider.updates).isEmpty(); // but everything anew
    assertThat(taken).hasSize(2).last().isEqualTo(provider.initial(NODE));
    assertThat(offered).hasSize(2);
  }

  @Test
  void observerThatFailsLosesNoPush() {
    observerFailure = new IllegalStateException("observer");
    service.connect(NODE, this::take);
    service.connect(NODE, this::take);
    executor.runReady();
    assertThat(offered).hasSize(2);
    provider.concernsFailure = new IllegalStateException("concerns");
    count("a");
    executor.advance(Duration.ofSeconds(1));
    assertThat(offered).hasSize(4);
    assertThat(provider.updates).hasSize(2); // an update, since nothing was missed
  }

  @Test
  void changesThatCannotBeMergedBringEverythingToEveryProxy() {
    service.connect(NODE, this::take);
    service.connect(NODE, this::take);
    executor.runReady();
    provider.mergeFailure = new IllegalStateException("merge");
    count("a");
    count("b");
    executor.advance(Duration.ofSeconds(1));
    assertThat(offered).hasSize(4);
    assertThat(offered.get(2)).isEqualTo(provider.initial(NODE));
    assertThat(offered.get(3)).isEqualTo(provider.initial(NODE));
    assertThat(provider.updates).isEmpty();
  }

  @Test
  void closedConnectionGetsNothing() {
    try (PushConnection connection = service.connect(NODE, this::take)) {
      assertThat(connection.node()).isEqualTo(NODE);
      assertThat(service.connected()).isEqualTo(1);
    }
    executor.runReady();
    assertThat(offered).isEmpty();
    assertThat(service.connected()).isZero();
  }

  @Test
  void closedServiceIgnoresChangesAndLeavesGivenExecutorsOpen() {
    service.connect(NODE, this::take);
    executor.runReady();
    service.close();
    service.close();
    count("a");
    executor.advance(Duration.ofSeconds(1));
    assertThat(offered).hasSize(1);
    assertThat(executor.isShutdown()).isFalse();
  }

  private PushService<Set<String>> customized(ResourceCustomizer... customizers) {
    PushService.Builder<Set<String>> builder =
        PushService.builder(provider)
            .debounce(Duration.ZERO, Duration.ZERO)
            .executor(executor)
            .scheduler(executor)
            .clock(clock)
            .observer(observer);
    for (ResourceCustomizer customizer : customizers) {
      builder.customizer(customizer);
    }
    return builder.build();
  }

  /** Adds one to every counter: done twice, it shows. */
  private static ResourceSet incremented(ProxyNode node, ResourceSet generated) {
    ResourceSet set = generated;
    for (VersionedResource resource : generated.resources(XdsType.CLUSTER).values()) {
      int value = Integer.parseInt(resource.as(Cluster.class).getAltStatName());
      set = set.with(XdsType.CLUSTER, resource(resource.name(), value + 1));
    }
    return set;
  }

  @Test
  void customizersEditWhatTheProviderMadeOnceEachAndInOrder() {
    provider.valueByName.put("a", 1);
    try (PushService<Set<String>> customized =
        customized(
            PushServiceTest::incremented,
            (node, set) -> set.with(XdsType.CLUSTER, resource(node.id(), 7)))) {
      customized.connect(NODE, this::take);
      executor.runReady();
      provider.valueByName.put("b", 1);
      customized.changed(Set.of("b"));
      executor.runReady();
    }
    assertThat(offered.get(1).resources(XdsType.CLUSTER).values())
        .containsExactly(resource("a", 2), resource("b", 2), resource("one", 7));
  }

  @Test
  void customizerThatFailsKeepsWhatWasGoodAndIsReported() {
    AtomicBoolean failing = new AtomicBoolean();
    try (PushService<Set<String>> customized =
        customized(
            (node, set) -> {
              if (failing.get() && node.id().equals("one")) {
                throw new IllegalStateException("filter");
              }
              return set;
            })) {
      ProxyNode other = ProxyNode.parse(Node.newBuilder().setId("other").build());
      List<ResourceSet> ofOther = new ArrayList<>();
      PushConnection connection = customized.connect(NODE, this::take);
      customized.connect(other, (set, since) -> ofOther.add(set));
      executor.runReady();
      failing.set(true);
      provider.valueByName.put("a", 1);
      customized.changed(Set.of("a"));
      executor.runReady();
      assertThat(offered).hasSize(1);
      assertThat(ofOther).hasSize(2);
      assertThat(connection.offered()).contains(offered.get(0));
      assertThat(observed).contains("failed filter");
      failing.set(false);
      provider.valueByName.put("b", 1);
      customized.changed(Set.of("b"));
      executor.runReady();
      assertThat(offered.get(1).resources(XdsType.CLUSTER)).containsKeys("a", "b");
    }
  }

  @Test
  void newProxyGetsNothingRatherThanWhatACustomizerCouldNotEdit() {
    try (PushService<Set<String>> customized =
        customized(
            (node, set) -> {
              throw new IllegalStateException("filter");
            })) {
      customized.connect(NODE, this::take);
      executor.runReady();
      assertThat(offered).isEmpty();
      assertThat(customized.starting()).isZero();
    }
  }

  @Test
  void connectionsAreStartingUntilTheirFirstResourcesAreMade() {
    PushConnection one = service.connect(NODE, this::take);
    service.connect(NODE, this::take);
    assertThat(service.starting()).isEqualTo(2);
    one.close();
    one.close();
    assertThat(service.starting()).isEqualTo(1);
    executor.runReady();
    assertThat(service.starting()).isZero();
    count("a");
    executor.advance(Duration.ofSeconds(1));
    assertThat(service.starting()).isZero();
  }

  @Test
  void debounceThatCannotBeIsRefused() {
    assertThatThrownBy(
            () ->
                PushService.builder(provider)
                    .debounce(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT2S")
        .hasMessageContaining("PT1S");
  }

  /** One cluster a counter; a change names counters. */
  private static final class Counters implements ResourceProvider<Set<String>> {
    final Map<String, Integer> valueByName = new TreeMap<>();
    final List<Set<String>> updates = new ArrayList<>();
    @Nullable RuntimeException failure;
    @Nullable RuntimeException concernsFailure;
    @Nullable RuntimeException mergeFailure;

    @Override
    public ResourceSet initial(ProxyNode node) {
      return update(node, ResourceSet.empty(), valueByName.keySet());
    }

    @Override
    public ResourceSet update(ProxyNode node, ResourceSet previous, Set<String> change) {
      if (failure != null) {
        throw failure;
      }
      if (change != valueByName.keySet()) {
        updates.add(new TreeSet<>(change));
      }
      ResourceSet set = previous;
      for (String name : change) {
        set = set.with(XdsType.CLUSTER, resource(name, valueByName.getOrDefault(name, 0)));
      }
      return set;
    }

    @Override
    public boolean concerns(ProxyNode node, Set<String> change) {
      if (concernsFailure != null) {
        throw concernsFailure;
      }
      return change.stream().anyMatch(name -> !name.startsWith("-"));
    }

    @Override
    public Set<String> merge(Set<String> older, Set<String> newer) {
      if (mergeFailure != null) {
        throw mergeFailure;
      }
      Set<String> both = new TreeSet<>(older);
      both.addAll(newer);
      return both;
    }
  }
}
