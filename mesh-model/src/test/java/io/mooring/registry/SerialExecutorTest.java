package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

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
