package io.mooring.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TerminationTest {

  @Test
  void aStartThatIsInterruptedSaysNothingUntilTheProcessHasEnded() throws Exception {
    CountDownLatch starting = new CountDownLatch(1);
    CompletableFuture<Throwable> said = new CompletableFuture<>();
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Termination termination = new Termination(status::complete);
    Thread command =
        new Thread(
            () -> {
              try {
                termination.closing(
                    () -> {
                      starting.countDown();
                      new CountDownLatch(1).await();
                      return () -> {};
                    });
              } catch (Exception e) {
                said.complete(e);
              }
            });
    command.setDaemon(true);
    command.start();
    assertThat(starting.await(5, TimeUnit.SECONDS)).isTrue();

    termination.end();

    assertThat(status).isCompletedWithValue(0);
    assertThat(said).failsWithin(Duration.ofMillis(300)); // it waits still
    assertThat(command.isAlive()).isTrue();
  }
}
