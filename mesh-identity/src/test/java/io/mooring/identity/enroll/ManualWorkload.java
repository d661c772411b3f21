package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.identity.WorkloadGroups;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadSelector;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import io.mooring.registry.memory.MemoryWorkloadStore;
import io.mooring.service.ServiceKey;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A registrar, and a VM whose WorkloadEntry somebody wrote by hand. */
abstract class ManualWorkload {

  static final ConfigKey ENTRY = new ConfigKey("WorkloadEntry", "demo", "vm");
  static final ServiceKey RATINGS = new ServiceKey("ratings.demo", "demo");

  private final FakeClock clock = new FakeClock();
  final ManualExecutor executor = new ManualExecutor(clock);
  final MemorySource files = new MemorySource("files");
  final MemoryWorkloadStore store = new MemoryWorkloadStore();
  final ServiceRegistry registry =
      ServiceRegistry.builder()
          .source(files)
          .source(store)
          .writer(Runnable::run)
          .delivery(Runnable::run)
          .build()
          .start();
  WorkloadRegistrar registrar;

  @BeforeEach
  void start() {
    files.put(
        ServiceEntry.builder()
            .metadata(Metadata.of("demo", "ratings"))
            .spec(
                ServiceEntrySpec.builder()
                    .addHosts("ratings.demo")
                    .resolution(ServiceEntrySpec.Resolution.STATIC)
                    .addPorts(ServiceEntryPort.builder().number(80).name("http").build())
                    .workloadSelector(
                        WorkloadSelector.builder().putLabels("app", "ratings").build())
                    .build())
            .build());
    write(manual("10.0.0.1"));
    registrar =
        WorkloadRegistrar.builder(store, WorkloadGroups.of(registry::snapshot), executor)
            .clock(clock)
            .random(new Random(1))
            .observer(new RecordingObserver())
            .start();
    registry.addListener((snapshot, change) -> registrar.changed(change.configs()));
    executor.runReady();
  }

  /** Does what the author of the entry does. */
  abstract void write(WorkloadEntry entry);

  @AfterEach
  void close() {
    registry.close();
  }

  static WorkloadEntry manual(String address) {
    return WorkloadEntry.builder()
        .metadata(Metadata.of("demo", "vm"))
        .spec(
            WorkloadEntrySpec.builder()
                .address(address)
                .putLabels("app", "ratings")
                .serviceAccount("ratings")
                .build())
        .build();
  }

  static EnrollmentRequest.Builder node() {
    return EnrollmentRequest.builder()
        .identity(SpiffeId.parse("spiffe://cluster.local/ns/demo/sa/ratings"))
        .namespace("demo")
        .group("vm")
        .manual(true)
        .addAddresses("10.9.9.9");
  }

  <T> T done(CompletableFuture<T> future) {
    executor.runReady();
    assertThat(future).isDone();
    return future.join();
  }

  void report(Registration stream, long number, boolean healthy) {
    done(stream.report(new HealthReport(OptionalLong.of(number), healthy, "")));
  }

  List<String> endpoints() {
    executor.runReady();
    return registry.snapshot().endpoints(RATINGS).stream()
        .map(endpoint -> endpoint.address() + (endpoint.draining() ? " draining" : ""))
        .toList();
  }

  RegisteredWorkload view() {
    return done(registrar.workloads()).get(0);
  }
}
