package io.mooring.identity.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.model.spiffe.SpiffeId;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvoyBootstrapTest {

  private static final SpiffeId ID = SpiffeId.parse("spiffe://td/ns/istio-system/sa/mooring");

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}", "{\"node\":{}}"})
  void whatIsNoBootstrapIsRefused(String json) {
    assertThatThrownBy(() -> EnvoyBootstrap.parse(json)).hasMessageContaining("envoy.json");
  }

  @Test
  void socketPathThatLinuxCannotBindIsRefused() {
    EnvoyBootstrap bootstrap = EnvoyBootstrap.of(Bundles.ratings().build());
    assertThatThrownBy(() -> bootstrap.withSdsSocket(Path.of("/" + "x".repeat(107))))
        .hasMessageContaining("108 bytes (expected: at most 107)");
    assertThat(bootstrap.withSdsSocket(Path.of("/" + "x".repeat(106))).toJson()).contains("xxx");
  }

  @Test
  void agentPutsInWhatOnlyTheVmKnows() {
    EnvoyBootstrap bundled = EnvoyBootstrap.of(Bundles.ratings().build());
    assertThat(bundled.nodeId()).isEqualTo("sidecar~~ratings.demo~demo.svc.cluster.local");
    assertThat(bundled.toJson()).doesNotContain("INSTANCE_IPS");
    EnvoyBootstrap running =
        EnvoyBootstrap.parse(bundled.toJson())
            .withAddress("fd00::1")
            .withSdsSocket(Path.of("/tmp/x/sds.sock"));
    assertThat(running.nodeId())
        .isEqualTo("sidecar~fd00::1~ratings-fd00--1.demo~demo.svc.cluster.local");
    assertThat(running.toJson())
        .contains("\"INSTANCE_IPS\" : \"fd00::1\"")
        .contains("\"path\" : \"/tmp/x/sds.sock\"");
    assertThat(bundled.toJson()).as("the original is as it was").doesNotContain("fd00");
  }

  static Stream<BootstrapBundle> bundles() {
    return Stream.of(
        Bundles.ratings().build(),
        Bundles.ratings().address("10.0.0.1").capture(CaptureMode.TRANSPARENT).build(),
        Bundles.ratings().address("fd00::1").bindAddress("::1").build(),
        Bundles.ratings().controlPlane(new ControlPlane("fd00::254", 15012, ID)).build(),
        Bundles.ratings().controlPlane(new ControlPlane("mesh.example.org", 443, ID)).build());
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void realEnvoyAcceptsIt(BootstrapBundle bundle) throws Exception {
    EnvoyBootstrap bootstrap = EnvoyBootstrap.of(bundle);
    assertThat(validate(bootstrap.toJson())).contains("OK").doesNotContain("eprecated");
    assertThat(validate(bootstrap.withFatalDeprecations().withAddress("10.0.0.9").toJson()))
        .contains("OK");
  }

  private String validate(String json) throws IOException, InterruptedException {
    Optional<Path> envoy = envoy();
    assumeTrue(envoy.isPresent(), "no Envoy: set ENVOY_BINARY");
    Path file = Files.writeString(temporary.resolve("envoy.json"), json);
    Path output = temporary.resolve("output");
    Process process =
        new ProcessBuilder(
                envoy.get().toString(),
                "--mode",
                "validate",
                "-c",
                file.toString(),
                "--disable-hot-restart")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  private static Optional<Path> envoy() {
    String explicit = System.getenv("ENVOY_BINARY");
    if (explicit != null && !explicit.isEmpty()) {
      return Optional.of(Path.of(explicit));
    }
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(directory -> Path.of(directory, "envoy"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
