package io.mooring.examples.bookinfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.examples.bookinfo.account.Account;
import io.mooring.testkit.envoy.EnvoyAvailability;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole demo, with either data plane. */
@Timeout(120)
class DemoTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Account account =
      new Account(new PrintStream(printed, true, UTF_8), InstantSource.system());

  @Test
  void everyStepPassesWithRealEnvoys() throws Exception {
    run(new EnvoyDataPlane(EnvoyAvailability.orSkip(), "test"));
    assertThat(lastLine()).startsWith("12 passed, 0 failed, 0 skipped");
    assertThat(text())
        .contains("ratings was called by spiffe://cluster.local/ns/bookinfo/sa/bookinfo-reviews");
  }

  @Test
  void everyStepButThoseThatNeedTlsPassesInOneProcess() throws Exception {
    run(new InProcessDataPlane(new Random()));
    assertThat(lastLine()).startsWith("10 passed, 0 failed, 2 skipped");
    assertThat(text()).contains("skipped: needs Envoy");
  }

  @Test
  void dataPlaneThatDoesNotStartFailsTheDemoAndEndsIt() throws Exception {
    run(new BrokenDataPlane());
    assertThat(lastLine()).startsWith("1 passed, 1 failed, 0 skipped");
    assertThat(text()).contains("IllegalStateException: no machine");
  }

  private void run(DataPlane dataPlane) throws Exception {
    try (Demo demo = Demo.prepare(account, dataPlane, new Random())) {
      demo.run();
    }
    boolean passed = account.finish();
    assertThat(passed).as(text()).isEqualTo(!text().contains("FAIL"));
  }

  private String text() {
    return printed.toString(UTF_8);
  }

  private String lastLine() {
    return text().lines().reduce("", (before, line) -> line);
  }

  /** Nobody can join. */
  private static final class BrokenDataPlane implements DataPlane {

    @Override
    public String name() {
      return "broken";
    }

    @Override
    public boolean tls() {
      return true;
    }

    @Override
    public String join(Vm vm, Path bundle) {
      throw new IllegalStateException("no machine");
    }

    @Override
    public void leave(Vm vm) {}

    @Override
    public void close() {}
  }
}
