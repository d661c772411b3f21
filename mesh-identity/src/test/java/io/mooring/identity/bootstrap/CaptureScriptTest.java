package io.mooring.identity.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.model.spiffe.SpiffeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script in a network namespace of its own, where the machine lets us make one. */
class CaptureScriptTest {

  private static final SpiffeId ID = SpiffeId.parse("spiffe://td/cp");

  @TempDir Path temporary;

  @Test
  void unknownVerbIsWrongUse() throws Exception {
    Result result = run("sh capture.sh; echo $?");
    assertThat(result.output()).contains("usage: capture.sh up|down").endsWith("2\n");
  }

  @Test
  void upRedirectsAndDownTakesExactlyThatAway() throws Exception {
    assumeNamespaces();
    Result result =
        run(
            """
            iptables -t nat -A OUTPUT -p tcp --dport 9 -j RETURN
            sh capture.sh up && sh capture.sh up
            iptables -t nat -S
            sh capture.sh down && sh capture.sh down
            echo down; iptables -t nat -S; ip6tables -t nat -S
            """);
    String up = result.output().substring(0, result.output().indexOf("down\n"));
    String down = result.output().substring(result.output().indexOf("down\n"));
    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(up)
        .contains("-A MOORING_TO_OUT -p tcp -j REDIRECT --to-ports 15001")
        .contains("-A MOORING_TO_IN -p tcp -j REDIRECT --to-ports 15006")
        .contains("-A MOORING_IN -p tcp -m tcp --dport 22 -j RETURN")
        .contains("-A MOORING_OUT -d 10.0.0.254/32 -p tcp -m tcp --dport 15012 -j RETURN")
        .containsOnlyOnce("-A OUTPUT -j MOORING_OUT")
        .containsOnlyOnce("-A PREROUTING -p tcp -j MOORING_IN");
    assertThat(down).doesNotContain("MOORING").contains("--dport 9 -j RETURN");
  }

  @Test
  void namedControlPlaneIsLeftAloneByItsPort() throws Exception {
    assumeNamespaces();
    Result result =
        run(new ControlPlane("mesh.example.org", 443, ID), "sh capture.sh up; iptables -t nat -S");
    assertThat(result.output()).contains("-A MOORING_OUT -p tcp -m tcp --dport 443 -j RETURN");
  }

  private Result run(String commands) throws IOException, InterruptedException {
    return run(new ControlPlane("10.0.0.254", 15012, ID), commands);
  }

  private Result run(ControlPlane controlPlane, String commands)
      throws IOException, InterruptedException {
    Files.writeString(temporary.resolve("capture.sh"), CaptureScript.of(controlPlane));
    boolean namespaces = canMakeNamespaces();
    return execute(
        namespaces
            ? new String[] {"unshare", "-n", "sh", "-c", commands}
            : new String[] {"sh", "-c", commands});
  }

  private void assumeNamespaces() throws IOException, InterruptedException {
    assumeTrue(canMakeNamespaces(), "no network namespace with iptables here");
  }

  private boolean canMakeNamespaces() throws IOException, InterruptedException {
    return execute("sh", "-c", "unshare -n iptables -t nat -S").exit() == 0;
  }

  private Result execute(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(temporary.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), output);
  }

  private record Result(int exit, String output) {}
}
