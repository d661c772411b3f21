package io.mooring.xds.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PushSlotTest {

  private final ManualExecutor executor = new ManualExecutor(new FakeClock());
  private final List<String> worked = new ArrayList<>();

  @Test
  void whatWaitsIsMerged() {
    PushSlot<String> slot = new PushSlot<>(executor, String::concat, worked::add);
    slot.add("a");
    slot.add("b");
    slot.add("c");
    assertThat(executor.pending()).isEqualTo(1);
    executor.runReady();
    assertThat(worked).containsExactly("abc");
    assertThat(executor.pending()).isZero();
  }

  @Test
  void whatComesDuringTheWorkIsTheNextPiece() {
    List<PushSlot<String>> self = new ArrayList<>();
    PushSlot<String> slot =
        new PushSlot<>(
            executor,
            String::concat,
            change -> {
              worked.add(change);
              if (change.equals("a")) {
                self.get(0).add("b");
                self.get(0).add("c");
                assertThat(executor.pending()).isZero(); // never twice at once
              }
            });
    self.add(slot);
    slot.add("a");
    executor.runReady();
    assertThat(worked).containsExactly("a", "bc");
  }

  @Test
  void workThatFailsDoesNotBlockTheNext() {
    PushSlot<String> slot =
        new PushSlot<>(
            Runnable::run,
            String::concat,
            change -> {
              worked.add(change);
              if (change.equals("bad")) {
                throw new IllegalStateException(change);
              }
            });
    slot.add("bad");
    slot.add("good");
    assertThat(worked).containsExactly("bad", "good");
  }

  @Test
  void whatIsRejectedIsPartOfTheNextPiece() {
    AtomicBoolean rejecting = new AtomicBoolean(true);
    PushSlot<String> slot =
        new PushSlot<>(
            task -> {
              if (rejecting.get()) {
                throw new RejectedExecutionException("full");
              }
              executor.execute(task);
            },
            String::concat,
            worked::add);
    slot.add("a");
    slot.add("b");
    rejecting.set(false);
    slot.add("c");
    executor.runReady();
    assertThat(worked).containsExactly("abc");
  }

  @Test
  void nothingIsLostAmongThreads() throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    AtomicInteger sum = new AtomicInteger();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    CountDownLatch complete = new CountDownLatch(1);
    PushSlot<Integer> slot =
        new PushSlot<>(
            pool,
            Integer::sum,
            change -> {
              if (running.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
              }
              if (sum.addAndGet(change) == 4 * 10_000) {
                complete.countDown();
              }
              running.decrementAndGet();
            });
    for (int thread = 0; thread < 4; thread++) {
      new Thread(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  slot.add(1);
                }
              })
          .start();
    }
    assertThat(complete.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(overlaps).hasValue(0);
    pool.shutdownNow();
  }
}
