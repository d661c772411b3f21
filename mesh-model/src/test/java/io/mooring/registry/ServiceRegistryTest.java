package io.mooring.registry;

import static io.mooring.registry.TestObjects.selecting;
import static io.mooring.registry.TestObjects.workload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.Metadata;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Synced;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.ServiceKey;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServiceRegistryTest {

  private static final ServiceKey RATINGS = new ServiceKey("ratings.demo", "demo");
  private static final ServiceEntry SERVICE =
      selecting("demo", "ratings", "ratings.demo", "ratings");

  private final ManualExecutor writer = new ManualExecutor(new FakeClock());
  private final ManualExecutor delivery = new ManualExecutor(new FakeClock());
  private final ScriptedSource first = new ScriptedSource("first");
  private final ScriptedSource second = new ScriptedSource("second");
  private final List<ChangeSet> told = new ArrayList<>();

  @Test
  void aBatchIsVisibleAsAWholeOnceTheWriterRan() {
    try (ServiceRegistry registry = start()) {
      first.say(new Upsert(SERVICE), new Upsert(workload("demo", "vm", "10.0.0.1", "ratings")));
      assertThat(registry.snapshot().services()).isEmpty();
      writer.runReady();
      assertThat(registry.snapshot().services()).hasSize(1);
      assertThat(registry.snapshot().endpoints(RATINGS))
          .extracting(MeshEndpoint::address)
          .containsExactly("10.0.0.1");
    }
  }

  @Test
  void aWorkloadThatComesChangesOrGoesIsAChangeOfEndpointsOnly() {
    try (ServiceRegistry registry = start()) {
      say(first, new Upsert(SERVICE));
      assertThat(last().services()).containsExactly(RATINGS);
      say(first, new Upsert(workload("demo", "vm", "10.0.0.1", "ratings")));
      assertEndpointsOnly();
      say(first, new Upsert(workload("demo", "vm", "10.0.0.2", "ratings")));
      assertEndpointsOnly();
      say(first, new Delete(workload("demo", "vm", "", "").key()));
      assertEndpointsOnly();
      assertThat(registry.snapshot().endpoints(RATINGS)).isEmpty();
    }
  }

  @Test
  void workloadLeavingSelectorIsRemovedFromService() {
    try (ServiceRegistry registry = start()) {
      say(
          first,
          new Upsert(SERVICE),
          new Upsert(selecting("demo", "reviews", "reviews.demo", "reviews")),
          new Upsert(workload("demo", "vm", "10.0.0.1", "ratings")));
      say(first, new Upsert(workload("demo", "vm", "10.0.0.1", "reviews")));
      ServiceKey reviews = new ServiceKey("reviews.demo", "demo");
      assertThat(registry.snapshot().endpoints(RATINGS)).isEmpty();
      assertThat(registry.snapshot().endpoints(reviews)).hasSize(1);
      assertThat(last().endpoints()).containsExactlyInAnyOrder(RATINGS, reviews);
      assertThat(registry.snapshot().targets("demo", "", List.of("10.0.0.1")))
          .extracting(target -> target.service().key())
          .containsExactly(reviews);
    }
  }

  @Test
  void ofTwoSourcesTheFirstWinsAndTheOthersObjectComesBack() {
    try (ServiceRegistry registry = start()) {
      say(second, new Upsert(workload("demo", "vm", "10.0.0.2", "a")));
      say(first, new Upsert(workload("demo", "vm", "10.0.0.1", "a")));
      assertThat(registry.snapshot().object(workload("demo", "vm", "", "").key()))
          .contains(workload("demo", "vm", "10.0.0.1", "a"));
      say(first, new Delete(workload("demo", "vm", "", "").key()));
      assertThat(registry.snapshot().object(workload("demo", "vm", "", "").key()))
          .contains(workload("demo", "vm", "10.0.0.2", "a"));
    }
  }

  @Test
  void anEqualValueIsNoEvent() {
    try (ServiceRegistry registry = start()) {
      say(first, new Upsert(SERVICE));
      long revision = registry.snapshot().revision();
      say(first, new Upsert(selecting("demo", "ratings", "ratings.demo", "ratings")));
      say(second, new Upsert(SERVICE));
      say(second, new Delete(SERVICE.key()));
      say(first, new Delete(workload("demo", "never", "", "").key()));
      assertThat(registry.snapshot().revision()).isEqualTo(revision);
      assertThat(told).hasSize(1);
    }
  }

  @Test
  void anObjectThatCannotBePartOfTheMeshIsRefusedAlone() {
    try (ServiceRegistry registry = start()) {
      say(first, new Upsert(workload("demo", "vm", "10.0.0.1", "a")));
      say(
          first,
          new Upsert(workload("demo", "vm", "10.0.0.2", "no account")),
          new Upsert(workload("demo", "other", "10.0.0.3", "a")));
      assertThat(registry.snapshot().object(workload("demo", "vm", "", "").key()))
          .contains(workload("demo", "vm", "10.0.0.1", "a"));
      assertThat(registry.snapshot().object(workload("demo", "other", "", "").key())).isPresent();
      assertThat(registry.rejections())
          .singleElement()
          .satisfies(
              rejection -> {
                assertThat(rejection.source()).isEqualTo("first");
                assertThat(rejection.object().name()).isEqualTo("vm");
                assertThat(rejection.reason()).contains("no account");
              });
      say(first, new Upsert(workload("demo", "vm", "10.0.0.1", "a")));
      assertThat(registry.rejections()).isEmpty();
    }
  }

  @Test
  void aBatchThatFailsIsRefusedAsAWhole() {
    try (ServiceRegistry registry = start()) {
      WorkloadEntry before = workload("demo", "vm", "10.0.0.1", "ratings");
      say(first, new Upsert(before));
      RegistrySnapshot good = registry.snapshot();
      say(
          first,
          new Upsert(SERVICE),
          new Upsert(workload("demo", "vm", "10.0.0.2", "ratings")),
          new Upsert(new Unusable("broken")),
          new Synced());
      assertThat(registry.snapshot().objects(ConfigObject.class))
          .containsExactlyElementsOf(good.objects(ConfigObject.class));
      assertThat(registry.unsyncedSources()).containsExactly("second");
      assertThat(registry.rejections())
          .hasSize(3)
          .allSatisfy(rejection -> assertThat(rejection.reason()).contains("no metadata"));

      say(second, new Upsert(workload("demo", "other", "10.0.0.3", "ratings")));
      assertThat(registry.snapshot().services()).isEmpty();
      assertThat(registry.snapshot().object(before.key())).contains(before);

      say(first, new Upsert(SERVICE), new Upsert(before), new Delete(new Unusable("broken").key()));
      assertThat(registry.snapshot().endpoints(RATINGS))
          .extracting(MeshEndpoint::address)
          .containsExactlyInAnyOrder("10.0.0.1", "10.0.0.3");
      assertThat(registry.rejections()).isEmpty();
    }
  }

  @Test
  void rejectionsAreShownOnceABatch() {
    try (ServiceRegistry registry = start()) {
      List<Integer> shown = new ArrayList<>();
      ConfigObject witness =
          new ConfigObject() {
            @Override
            public String kind() {
              return "Witness";
            }

            @Override
            public Metadata metadata() {
              return SERVICE.metadata();
            }

            @Override
            public ConfigKey key() {
              shown.add(registry.rejections().size());
              return ConfigObject.super.key();
            }
          };
      say(first, new Upsert(workload("demo", "vm", "10.0.0.2", "no account")), new Upsert(witness));
      assertThat(shown).isNotEmpty().containsOnly(0); // while the batch is taken in
      assertThat(registry.rejections()).hasSize(1);
    }
  }

  @Test
  void listenersHearOfEveryRevisionInOrderAndNeverOnTheWriter() {
    try (ServiceRegistry registry = start()) {
      List<Long> revisions = new ArrayList<>();
      registry.addListener((snapshot, change) -> revisions.add(snapshot.revision()));
      first.say(new Upsert(workload("demo", "one", "10.0.0.1", "a")));
      first.say(new Upsert(workload("demo", "two", "10.0.0.2", "a")));
      writer.runReady();
      assertThat(revisions).isEmpty();
      delivery.runReady();
      assertThat(revisions).containsExactly(1L, 2L);
    }
  }

  @Test
  void aListenerThatFailsOrLeavesDoesNotDisturbTheOthers() {
    try (ServiceRegistry registry = start()) {
      List<Long> heard = new ArrayList<>();
      registry.addListener(
          (snapshot, change) -> {
            throw new IllegalStateException("listener");
          });
      Subscription subscription =
          registry.addListener((snapshot, change) -> heard.add(snapshot.revision()));
      say(first, new Upsert(workload("demo", "one", "10.0.0.1", "a")));
      subscription.close();
      subscription.close();
      say(first, new Upsert(workload("demo", "two", "10.0.0.2", "a")));
      assertThat(heard).containsExactly(1L);
    }
  }

  @Test
  void anErrorOfAListenerDoesNotDisturbTheOthers() {
    try (ServiceRegistry registry = start()) {
      List<Long> heard = new ArrayList<>();
      registry.addListener(
          (snapshot, change) -> {
            throw new AssertionError("listener");
          });
      registry.addListener((snapshot, change) -> heard.add(snapshot.revision()));
      say(first, new Upsert(workload("demo", "one", "10.0.0.1", "a")));
      say(first, new Upsert(workload("demo", "two", "10.0.0.2", "a")));
      assertThat(heard).containsExactly(1L, 2L);
    }
  }

  @Test
  void isSyncedWhenEverySourceIs() throws InterruptedException {
    try (ServiceRegistry registry = start()) {
      assertThat(registry.awaitSynced(Duration.ZERO)).isFalse();
      say(first, new Synced());
      assertThat(registry.isSynced()).isFalse();
      assertThat(registry.unsyncedSources()).containsExactly("second");
      say(second, new Upsert(SERVICE), new Synced());
      assertThat(registry.awaitSynced(Duration.ZERO)).isTrue();
      assertThat(registry.snapshot().services()).hasSize(1);
    }
  }

  @Test
  void aFailedStartClosesWhatWasStarted() {
    second.failure = new IllegalArgumentException("directory: gone");
    ServiceRegistry registry = builder().build();
    assertThatThrownBy(registry::start).hasMessage("directory: gone");
    assertThat(first.closed).isTrue();
    assertThatThrownBy(registry::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theLastSnapshotStaysReadableAfterClose() {
    ServiceRegistry registry = start();
    say(first, new Upsert(SERVICE));
    registry.close();
    registry.close();
    say(first, new Delete(SERVICE.key()));
    assertThat(registry.snapshot().services()).hasSize(1);
    assertThat(first.closed).isTrue();
  }

  @Test
  void ownThreadsApplyDeliverAndEnd() throws InterruptedException {
    List<String> threads = new ArrayList<>();
    try (ServiceRegistry registry = ServiceRegistry.builder().source(first).build()) {
      registry.addListener((snapshot, change) -> threads.add(Thread.currentThread().getName()));
      registry.start();
      first.say(new Upsert(SERVICE), new Synced());
      assertThat(registry.awaitSynced(Duration.ofSeconds(10))).isTrue();
      await().until(() -> threads.contains("mooring-registry-delivery-0"));
    }
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("mooring-registry")));
  }

  private ServiceRegistry start() {
    ServiceRegistry registry = builder().build();
    registry.addListener((snapshot, change) -> told.add(change));
    return registry.start();
  }

  private ServiceRegistry.Builder builder() {
    return ServiceRegistry.builder().source(first).source(second).writer(writer).delivery(delivery);
  }

  private void say(ScriptedSource source, RegistryEvent... events) {
    source.say(events);
    writer.runReady();
    delivery.runReady();
  }

  private ChangeSet last() {
    return told.get(told.size() - 1);
  }

  private void assertEndpointsOnly() {
    assertThat(last().endpoints()).containsExactly(RATINGS);
    assertThat(last().services()).isEmpty();
  }

  /** An object on which the registry fails half way. */
  private record Unusable(String name) implements ConfigObject {
    @Override
    public String kind() {
      return "ZUnusable"; // after all others
    }

    @Override
    public ConfigKey key() {
      return new ConfigKey(kind(), "demo", name);
    }

    @Override
    public Metadata metadata() {
      throw new IllegalStateException("no metadata");
    }
  }

  /** A source that says what the test says. */
  private static final class ScriptedSource implements RegistrySource {
    private final String name;
    private @Nullable RegistrySink sink;
    private @Nullable RuntimeException failure;
    private boolean closed;

    ScriptedSource(String name) {
      this.name = name;
    }

    void say(RegistryEvent... events) {
      Optional.ofNullable(sink).orElseThrow().accept(List.of(events));
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void start(RegistrySink sink) {
      if (failure != null) {
        throw failure;
      }
      this.sink = sink;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
