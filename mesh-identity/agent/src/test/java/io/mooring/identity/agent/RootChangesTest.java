package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.identity.Pem;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.svid.SvidStore;
import io.mooring.identity.bootstrap.BootstrapFiles;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A VM's bundle, saved state and running agent, when the roots of the mesh become others. */
class RootChangesTest {

  private static final RotationPolicy FAST =
      new RotationPolicy(0, Duration.ofMillis(50), Duration.ofMillis(100));

  @TempDir Path directory;

  private final FakeClock clock = new FakeClock(Instant.now());
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final TestIssuer issuer = new TestIssuer(clock.instant().minusSeconds(3600));
  private final List<String> told = new CopyOnWriteArrayList<>();
  private FakeControlPlane controlPlane;
  private Path bundle;

  @BeforeEach
  void start() throws IOException {
    controlPlane = new FakeControlPlane(issuer, clock, TestIssuer.CONTROL_PLANE, 0);
    bundle = controlPlane.bundle(directory.resolve("bundle"), "127.0.0.1");
  }

  @AfterEach
  void stop() {
    controlPlane.close();
  }

  @Test
  void bundleFromBeforeARotationIsGoodAsLongAsItsRootIsOneOfTheMesh() throws IOException {
    TestIssuer next = new TestIssuer(clock.instant().minusSeconds(3600));
    controlPlane.answer =
        key ->
            List.of(
                next.reply(leaf(next, key)).get(0),
                Pem.encode(List.of(next.root(), issuer.root())));

    agent().start().close();

    assertThat(Pem.certificates(Files.readString(bundle.resolve("state/roots.pem"))))
        .containsExactly(next.root(), issuer.root());
  }

  @Test
  void rootsBesideOursStillHaveToVouchForTheSvid() {
    TestIssuer next = new TestIssuer(clock.instant().minusSeconds(3600));
    TestIssuer other = new TestIssuer(clock.instant().minusSeconds(3600));
    controlPlane.answer =
        key ->
            List.of(
                other.reply(leaf(other, key)).get(0),
                Pem.encode(List.of(next.root(), issuer.root())));

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("issued certificate is refused");
  }

  @Test
  void meshWithoutTheRootOfTheBundleIsRefusedWithWhatToDo() throws IOException {
    agent().start().close();
    controlPlane.close();
    TestIssuer next = new TestIssuer(clock.instant().minusSeconds(3600));
    clock.advance(Duration.ofHours(25));

    try (FakeControlPlane rotated =
        new FakeControlPlane(next, clock, TestIssuer.CONTROL_PLANE, controlPlane.port())) {
      assertThatThrownBy(() -> agent().start())
          .isInstanceOf(JoinRefusedException.class)
          .hasMessageContaining("saved SVID expired at")
          .hasMessageContaining("write a new bundle over it");
      assertThat(rotated.callers).isEmpty();
    }
  }

  @Test
  void newBundleOverTheOldOneHealsARunningAgentWhoseRootIsGone() throws IOException {
    try (VmAgent agent = agent().start()) {
      controlPlane.close();
      clock.advance(Duration.ofHours(25));
      executor.runReady();
      TestIssuer next = new TestIssuer(clock.instant().minusSeconds(3600));
      try (FakeControlPlane rotated =
          new FakeControlPlane(next, clock, TestIssuer.CONTROL_PLANE, controlPlane.port())) {
        Files.writeString(bundle.resolve(BootstrapFiles.ROOT_CERTIFICATES), "half a file");
        executor.advance(FAST.maxBackOff());
        assertThat(rotated.callers).isEmpty();
        Files.writeString(bundle.resolve(BootstrapFiles.ROOT_CERTIFICATES), next.bundle().toPem());
        rotated.trusts("token-2");
        Files.writeString(bundle.resolve(BootstrapFiles.TOKEN), "token-2");
        executor.advance(FAST.maxBackOff());
        assertThat(rotated.callers).contains("token:token-2");
        assertThat(agent.svidExpiresAt()).isAfter(clock.instant());
      }
    }
  }

  /** Of a control plane that began anew, whose TLS does not know our certificate's issuer. */
  @Test
  void newBundleOverTheOldOneHealsARunningAgentBeforeItsSvidEnds() throws IOException {
    try (VmAgent agent = agent().start()) {
      Instant first = agent.svidExpiresAt();
      controlPlane.close();
      TestIssuer anew = new TestIssuer(clock.instant().minusSeconds(3600));
      try (FakeControlPlane again =
          new FakeControlPlane(anew, clock, TestIssuer.CONTROL_PLANE, controlPlane.port())) {
        again.bundle(bundle, "127.0.0.1");
        executor.advance(Duration.ofHours(12).plusSeconds(1));

        assertThat(agent.svidExpiresAt()).isAfter(first);
        assertThat(again.callers).containsExactly("token:" + FakeControlPlane.TOKEN);
      }
    }
  }

  @Test
  void newRootReachesEnvoyProgramsAndDiskWithoutARenewal() throws IOException {
    TestIssuer next = new TestIssuer(clock.instant().minusSeconds(60));
    try (VmAgent agent = agent().start()) {
      Instant expiry = agent.svidExpiresAt();

      controlPlane.trust(new TrustBundle(TestIssuer.DOMAIN, List.of(next.root(), issuer.root())));
      awaitTold("bundle 2");

      assertThat(agent.svidExpiresAt()).isEqualTo(expiry);
      assertThat(controlPlane.callers).hasSize(1);
    }
    assertThat(Pem.certificates(Files.readString(bundle.resolve("state/roots.pem"))))
        .containsExactly(next.root(), issuer.root());
  }

  @Test
  void newBundleOfANewControlPlaneIsJoinedInSpiteOfTheOldSvid() throws IOException {
    agent().start().close();
    controlPlane.close();
    TestIssuer newCa = new TestIssuer(clock.instant().minusSeconds(3600));

    try (FakeControlPlane anew = new FakeControlPlane(newCa, clock, TestIssuer.CONTROL_PLANE, 0)) {
      anew.bundle(bundle, "127.0.0.1");
      try (VmAgent agent = agent().start()) {
        assertThat(agent.spiffeId()).isEqualTo(TestIssuer.RATINGS);
      }
      assertThat(anew.callers).containsExactly("token:" + FakeControlPlane.TOKEN);
    }
    assertThat(Pem.certificates(Files.readString(bundle.resolve("state/roots.pem"))))
        .containsExactly(newCa.root());
  }

  @Test
  void keysOfTokensSurviveRenewalAndRestart() throws IOException {
    TestJwt jwt = new TestJwt();
    TrustBundle told = jwt.in(issuer.bundle());
    Path saved = bundle.resolve("state/bundle.json");
    try (VmAgent agent = agent().start()) {
      controlPlane.trust(told);
      await()
          .untilAsserted(
              () -> {
                executor.runReady();
                assertThat(saved).content().isEqualTo(told.toJson());
              });
      Instant first = agent.svidExpiresAt();
      executor.advance(Duration.ofHours(12).plusSeconds(1));
      assertThat(agent.svidExpiresAt()).isAfter(first);
      assertThat(saved).content().isEqualTo(told.toJson());
    }
    controlPlane.close();

    agent().start().close();

    try (SvidStore store = SvidStore.open(bundle.resolve("state"))) {
      assertThat(store.load(TestIssuer.DOMAIN).orElseThrow().roots()).isEqualTo(told);
    }
  }

  private X509Certificate leaf(TestIssuer signer, PublicKey key) {
    return signer.leaf(
        key,
        TestIssuer.RATINGS.toString(),
        clock.instant().minusSeconds(1),
        clock.instant().plusSeconds(3600));
  }

  private void awaitTold(String event) {
    await()
        .untilAsserted(
            () -> {
              executor.runReady();
              assertThat(told).contains(event);
            });
  }

  private VmAgentBuilder agent() {
    return VmAgent.builder()
        .bundle(bundle)
        .clock(clock)
        .executor(executor)
        .random(new Random(1))
        .rotation(FAST)
        .joinTimeout(Duration.ofSeconds(10))
        .socketParent(directory)
        .observer(new RecordingObserver(told));
  }
}
