package io.mooring.examples.bookinfo.account;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.testkit.FakeClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountTest {

  private final FakeClock clock = new FakeClock();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Account account = new Account(new PrintStream(bytes, true, UTF_8), clock);

  @Test
  void failedStepIsToldWithItsReasonAndTheAccountGoesOn() throws Exception {
    boolean first =
        account.step(
            "page",
            () -> {
              throw new StepFailedException("status", 503, "200");
            });
    boolean second = account.step("stars", () -> "five");

    assertThat(first).isFalse();
    assertThat(second).isTrue();
    assertThat(account.finish()).isFalse();
    assertThat(lines())
        .containsSubsequence(
            "  1  FAIL    0.0 s  page",
            "                    status: '503' (expected: 200)",
            "  2  PASS    0.0 s  stars",
            "                    five",
            "1 passed, 1 failed, 0 skipped in 0 s");
  }

  @Test
  void anyExceptionAndAnyAssertionFailsAStep() throws Exception {
    account.step(
        "a",
        () -> {
          throw new IOException("no route");
        });
    account.step(
        "b",
        () -> {
          throw new AssertionError("not equal");
        });
    assertThat(account.finish()).isFalse();
    assertThat(lines())
        .contains(
            "                    IOException: no route",
            "                    AssertionError: not equal");
  }

  @Test
  void interruptIsNoVerdict() {
    assertThatThrownBy(
            () ->
                account.step(
                    "slow",
                    () -> {
                      throw new InterruptedException();
                    }))
        .isInstanceOf(InterruptedException.class);
    assertThat(bytes.size()).isZero();
  }

  @Test
  void skippedStepIsNoFailure() {
    account.skip("peer identities", "needs Envoy");
    assertThat(account.finish()).isTrue();
    assertThat(lines())
        .contains(
            "  1  ----    0.0 s  peer identities",
            "                    skipped: needs Envoy",
            "0 passed, 0 failed, 1 skipped in 0 s");
  }

  @Test
  void stepIsTimedByTheClock() throws Exception {
    account.step(
        "wait",
        () -> {
          clock.advance(Duration.ofMillis(2_340));
          return "a\nb";
        });
    assertThat(account.finish()).isTrue();
    assertThat(lines())
        .contains("  1  PASS    2.3 s  wait", "                    a", "                    b")
        .endsWith("1 passed, 0 failed, 0 skipped in 2 s");
  }

  private List<String> lines() {
    return bytes.toString(UTF_8).lines().toList();
  }
}
