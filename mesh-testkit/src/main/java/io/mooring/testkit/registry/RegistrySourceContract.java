package io.mooring.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.registry.RegistryEvent.Synced;
import io.mooring.registry.RegistrySource;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RegistrySource} does. Implement it in a test class, which JUnit makes anew for
 * each test, and say how the source's backend is changed.
 */
public interface RegistrySourceContract {

  /** How long a source may take to see a change of its backend. */
  Duration PATIENCE = Duration.ofSeconds(10);

  /** How long silence must last to count as silence. */
  Duration SILENCE = Duration.ofMillis(300);

  /** Returns the source under test, the same one throughout a test, not started. */
  RegistrySource source() throws Exception;

  /** Makes the backend hold an entry, whether or not the source was started. */
  void put(WorkloadEntry entry) throws Exception;

  /** Makes the backend hold an entry of this key no longer. */
  void remove(WorkloadEntry entry) throws Exception;

  /**
   * Makes the backend unreachable for the source, as an outage would.
   *
   * @return whether it is; {@code false}, as here, for a source that always sees its backend: then
   *     the tests of outages are skipped
   */
  default boolean interrupt() throws Exception {
    return false;
  }

  /** Makes the backend reachable again, with all that it held; follows {@link #interrupt}. */
  default void restore() throws Exception {}

  /** Returns an entry that any backend can hold. */
  static WorkloadEntry entry(String name, String address) {
    return WorkloadEntry.builder()
        .metadata(Metadata.of("demo", name))
        .spec(
            WorkloadEntrySpec.builder()
                .address(address)
                .putLabels("app", "ratings")
                .putPorts("http", 8080)
                .serviceAccount("ratings")
                .build())
        .build();
  }

  /** Closes the source under test. */
  @AfterEach
  default void closeSource() throws Exception {
    source().close();
  }

  @Test
  default void hasAName() throws Exception {
    assertThat(source().name()).isNotBlank();
  }

  @Test
  default void anEmptySourceIsSyncedAndSaysNothingElse() throws Exception {
    RecordingSink sink = startSynced();
    assertThat(sink.events()).containsExactly(new Synced());
  }

  @Test
  default void whatIsThereComesBeforeSynced() throws Exception {
    put(entry("one", "10.0.0.1"));
    put(entry("two", "10.0.0.2"));
    RecordingSink sink = startSynced();
    assertThat(sink.objects().values())
        .containsExactly(entry("one", "10.0.0.1"), entry("two", "10.0.0.2"));
    assertThat(sink.events().get(sink.events().size() - 1)).isEqualTo(new Synced());
  }

  @Test
  default void everyChangeFollowsAndSyncedIsSaidOnce() throws Exception {
    put(entry("one", "10.0.0.1"));
    RecordingSink sink = startSynced();
    put(entry("two", "10.0.0.2"));
    await(sink, seen -> seen.objects().size() == 2);
    put(entry("one", "10.0.0.9"));
    await(sink, seen -> seen.objects().containsValue(entry("one", "10.0.0.9")));
    remove(entry("two", "10.0.0.2"));
    await(sink, seen -> seen.objects().size() == 1);
    assertThat(sink.objects().values()).containsExactly(entry("one", "10.0.0.9"));
    assertThat(sink.syncedCount()).isEqualTo(1);
    assertThat(sink.overlapped()).isFalse();
  }

  @Test
  default void whatWasRemovedCanComeBack() throws Exception {
    put(entry("one", "10.0.0.1"));
    RecordingSink sink = startSynced();
    remove(entry("one", "10.0.0.1"));
    await(sink, seen -> seen.objects().isEmpty());
    put(entry("one", "10.0.0.1"));
    await(sink, seen -> seen.objects().size() == 1);
  }

  @Test
  default void noBatchIsEmpty() throws Exception {
    put(entry("one", "10.0.0.1"));
    RecordingSink sink = startSynced();
    remove(entry("one", "10.0.0.1"));
    await(sink, seen -> seen.objects().isEmpty());
    assertThat(sink.batches()).noneMatch(List::isEmpty);
  }

  @Test
  default void aSecondStartIsRefused() throws Exception {
    startSynced();
    assertThatThrownBy(() -> source().start(new RecordingSink()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  default void nothingFollowsAfterClose() throws Exception {
    RecordingSink sink = startSynced();
    source().close();
    int batches = sink.batches().size();
    put(entry("one", "10.0.0.1"));
    assertThat(sink.await(seen -> seen.batches().size() > batches, SILENCE)).isFalse();
  }

  @Test
  default void closeIsIdempotentAlsoBeforeStart() throws Exception {
    source().close();
    source().close();
    assertThatThrownBy(() -> source().start(new RecordingSink()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  default void anOutageTakesNothingAwayAndIsSaid() throws Exception {
    put(entry("one", "10.0.0.1"));
    RecordingSink sink = startSynced();
    assumeTrue(interrupt(), "the source always sees its backend");
    await(sink, seen -> seen.staleCount() > 0);
    assertThat(sink.await(seen -> seen.objects().isEmpty(), SILENCE)).isFalse();
  }

  @Test
  default void afterAnOutageSyncedComesOnceMoreAndChangesFollow() throws Exception {
    put(entry("one", "10.0.0.1"));
    RecordingSink sink = startSynced();
    assumeTrue(interrupt(), "the source always sees its backend");
    await(sink, seen -> seen.staleCount() > 0);
    restore();
    await(sink, seen -> seen.syncedCount() == 2);
    put(entry("two", "10.0.0.2"));
    await(sink, seen -> seen.objects().size() == 2);
    remove(entry("one", "10.0.0.1"));
    await(sink, seen -> seen.objects().size() == 1);
    assertThat(sink.syncedCount()).isEqualTo(2);
  }

  private RecordingSink startSynced() throws Exception {
    RecordingSink sink = new RecordingSink();
    source().start(sink);
    await(sink, seen -> seen.syncedCount() > 0);
    return sink;
  }

  private static void await(RecordingSink sink, Predicate<RecordingSink> condition)
      throws InterruptedException {
    assertThat(sink.await(condition, PATIENCE))
        .as("seen within %s: %s", PATIENCE, sink.events())
        .isTrue();
  }
}
