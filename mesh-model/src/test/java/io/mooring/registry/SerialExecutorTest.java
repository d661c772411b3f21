package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

  private final ManualExecutor executor = new ManualExecutor(new FakeClock());

  @Test
  void tasksOfManyThreadsRunOneAtATimeEachThreadsInItsOrder() throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      SerialExecutor serial = new SerialExecutor(pool);
      List<String> ran = new ArrayList<>(); // no lock: that is the point
      CountDownLatch done = new CountDownLatch(4_000);
      List<Thread> submitters = new ArrayList<>();
      for (int s = 0; s < 4; s++) {
        int submitter = s;
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 1_000; i++) {
                    String task = submitter + ":" + i;
                    serial.execute(
                        () -> {
                          serial.assertInside();
                          ran.add(task);
                          done.countDown();
                        });
                  }
                });
        submitters.add(thread);
        thread.start();
      }
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(ran).hasSize(4_000);
      for (int s = 0; s < 4; s++) {
        int submitter = s;
        List<Integer> order =
            ran.stream()
                .filter(task -> task.startsWith(submitter + ":"))
                .map(task -> Integer.valueOf(task.substring(2)))
                .toList();
        assertThat(order).isSorted();
      }
      for (Thread thread : submitters) {
        thread.join();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aTaskThatFailsDoesNotStopTheNext() {
    SerialExecutor serial = new SerialExecutor(Runnable::run);
    List<String> ran = new ArrayList<>();
    serial.execute(
        () -> {
          throw new IllegalStateException("task");
        });
    serial.execute(() -> ran.add("next"));
    assertThat(ran).containsExactly("next");
  }

  @Test
  void anErrorOfATaskDoesNotStopTheNext() {
    SerialExecutor serial = new SerialExecutor(executor);
    List<String> ran = new ArrayList<>();
    serial.execute(
        () -> {
          throw new AssertionError("task");
        });
    serial.execute(() -> ran.add("queued"));
    executor.runReady();
    serial.execute(() -> ran.add("later"));
    executor.runReady();
    assertThat(ran).containsExactly("queued", "later");
  }

  @Test
  void aRejectedTaskRunsBeforeTheNextOne() {
    AtomicBoolean rejecting = new AtomicBoolean(true);
    SerialExecutor serial =
        new SerialExecutor(
            task -> {
              if (rejecting.get()) {
                throw new RejectedExecutionException("full");
              }
              executor.execute(task);
            });
    List<String> ran = new ArrayList<>();
    serial.execute(() -> ran.add("first"));
    serial.execute(() -> ran.add("second"));
    rejecting.set(false);
    serial.execute(() -> ran.add("third"));
    executor.runReady();
    assertThat(ran).containsExactly("first", "second", "third");
  }

  @Test
  void anExecutorThatFailsDoesNotBlockTheNextTask() {
    List<String> ran = new ArrayList<>();
    AtomicBoolean failing = new AtomicBoolean(true);
    SerialExecutor serial =
        new SerialExecutor(
            task -> {
              if (failing.get()) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              task.run();
            });
    assertThatThrownBy(() -> serial.execute(() -> ran.add("first")))
        .isInstanceOf(OutOfMemoryError.class);
    failing.set(false);
    serial.execute(() -> ran.add("second"));
    assertThat(ran).containsExactly("first", "second");
  }

  @Test
  void aTaskSubmittedByATaskRunsAfterIt() {
    SerialExecutor serial = new SerialExecutor(Runnable::run);
    List<String> ran = new ArrayList<>();
    serial.execute(
        () -> {
          serial.execute(() -> ran.add("inner"));
          ran.add("outer");
        });
    assertThat(ran).containsExactly("outer", "inner");
  }

  @Test
  void whoeverIsNoTaskIsTurnedAway() {
    SerialExecutor serial = new SerialExecutor(Runnable::run);
    assertThatThrownBy(serial::assertInside)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Thread.currentThread().getName());
  }
}
