package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.identity.WorkloadGroups;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.Versioned;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;

/** A registrar on a store that can fail, with one group. */
abstract class OneRegistrar {

  static final SpiffeId ID = SpiffeId.parse("spiffe://td/ns/demo/sa/ratings");
  static final ConfigKey ENTRY = new ConfigKey("WorkloadEntry", "demo", "ratings-10.0.0.1");
  static final ConfigKey GROUP = new ConfigKey("WorkloadGroup", "demo", "ratings");
  static final String HOLDER = "mooring-bb1ad57319b89cd8"; // by the first random number
  static final Duration GRACE = WorkloadRegistrar.DEFAULT_GRACE;
  static final Duration WINDOW = GRACE.plus(WorkloadRegistrar.RETURN_ALLOWANCE);

  final ManualExecutor executor = new ManualExecutor(new FakeClock());
  final FlakyWorkloadStore store = new FlakyWorkloadStore();
  final Map<ConfigKey, WorkloadGroup> groupsByKey = new TreeMap<>();
  final RecordingObserver observer = new RecordingObserver();
  final List<String> events = observer.events;
  CrashableExecutor process = new CrashableExecutor(executor);
  int runs;
  WorkloadRegistrar registrar;

  @BeforeEach
  void start() {
    group("ratings", Map.of("app", "ratings"), Map.of());
    registrar = restart();
  }

  /** As after kill -9 of a process with a store of its own: its leases have ended with it. */
  WorkloadRegistrar restart() {
    process.crash();
    store.leases().list().forEach(l -> store.leases().delete(l.value().holder(), l.version()));
    process = new CrashableExecutor(executor);
    WorkloadRegistrar started =
        WorkloadRegistrar.builder(store, groups(), process.asExecutor())
            .random(new Random(++runs))
            .nodeLabels(NodeLabelPolicy.OVERRIDE)
            .observer(observer)
            .start();
    executor.runReady();
    return started;
  }

  void group(String account, Map<String, String> template, Map<String, String> labels) {
    WorkloadGroup group =
        WorkloadGroup.builder()
            .metadata(Metadata.of("demo", "ratings"))
            .spec(
                WorkloadGroupSpec.builder()
                    .metadata(
                        WorkloadGroupMetadata.builder()
                            .labels(labels)
                            .putAnnotations("team", "stars")
                            .putAnnotations("istio.io/autoRegistrationGroup", "other")
                            .build())
                    .template(
                        WorkloadEntrySpec.builder()
                            .labels(template)
                            .putPorts("http", 9080)
                            .network("group-net")
                            .locality("eu/eu-1")
                            .weight(7)
                            .serviceAccount(account)
                            .build())
                    .build())
            .build();
    groupsByKey.put(group.key(), group);
  }

  WorkloadGroups groups() {
    return new WorkloadGroups() {
      @Override
      public Optional<WorkloadGroup> find(ConfigKey key) {
        return Optional.ofNullable(groupsByKey.get(key));
      }

      @Override
      public Collection<WorkloadGroup> inNamespace(String namespace) {
        throw new UnsupportedOperationException();
      }
    };
  }

  static EnrollmentRequest.Builder node() {
    return EnrollmentRequest.builder()
        .identity(ID)
        .namespace("demo")
        .group("ratings")
        .serviceAccount("ratings")
        .addAddresses("10.0.0.1", "fd00::1");
  }

  Registration connect(EnrollmentRequest request) {
    CompletableFuture<Registration> result = registrar.connect(request);
    executor.runReady();
    assertThat(result).isDone();
    try {
      return result.join();
    } catch (CompletionException e) {
      throw (EnrollmentRefusedException) e.getCause();
    }
  }

  void disconnect(Registration registration) {
    registration.close();
    executor.runReady();
  }

  Optional<WorkloadEntry> entry() {
    return store.get(ENTRY).map(Versioned::value);
  }
}
