package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.agent.svid.SvidStore;
import io.mooring.identity.bootstrap.BootstrapFiles;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmAgentTest {

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
  void refusedTokenIsToldAtOnceAndLeavesNoSvid() throws IOException {
    Files.writeString(bundle.resolve(BootstrapFiles.TOKEN), "wrong-token");

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("UNAUTHENTICATED: join refused")
        .hasMessageNotContaining("wrong-token");

    assertThat(controlPlane.callers).hasSize(1);
    assertThat(bundle.resolve("state/svid.pem")).doesNotExist();
    assertNothingIsLeftOpen();
  }

  @Test
  void missingTokenIsRefusedBeforeAnyRequest() throws IOException {
    Files.delete(bundle.resolve(BootstrapFiles.TOKEN));

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("missing");
    assertThat(controlPlane.callers).isEmpty();
  }

  @Test
  void serverWithAnotherIdentityNeverSeesTheToken() throws IOException {
    controlPlane.close();
    try (FakeControlPlane impostor =
        new FakeControlPlane(issuer, clock, TestIssuer.RATINGS, controlPlane.port())) {
      assertThatThrownBy(() -> agent().start())
          .isInstanceOf(JoinRefusedException.class)
          .hasMessageContaining("peer is 'spiffe://cluster.local/ns/demo/sa/ratings'")
          .hasMessageContaining(TestIssuer.CONTROL_PLANE.toString());
      assertThat(impostor.callers).isEmpty();
    }
  }

  @Test
  void serverOfAnotherCaNeverSeesTheToken() throws IOException {
    controlPlane.close();
    TestIssuer other = new TestIssuer(clock.instant().minusSeconds(3600));
    try (FakeControlPlane impostor =
        new FakeControlPlane(other, clock, TestIssuer.CONTROL_PLANE, controlPlane.port())) {
      assertThatThrownBy(() -> agent().start()).isInstanceOf(JoinRefusedException.class);
      assertThat(impostor.callers).isEmpty();
    }
  }

  @Test
  void svidOfAnotherWorkloadIsRefused() {
    controlPlane.answer =
        key -> issuer.reply(controlPlane.leaf(key, "spiffe://cluster.local/ns/demo/sa/reviews"));

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("SVID is 'spiffe://cluster.local/ns/demo/sa/reviews'")
        .hasMessageContaining("expected: 'spiffe://cluster.local/ns/demo/sa/ratings'");
  }

  @Test
  void svidForAnotherKeyIsRefused() {
    controlPlane.answer =
        key ->
            issuer.reply(
                controlPlane.leaf(TestIssuer.newKey().getPublic(), TestIssuer.RATINGS.toString()));

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("is for another key");
  }

  @Test
  void svidOfAnotherCaIsRefusedThoughTheServerIsTrusted() {
    TestIssuer other = new TestIssuer(clock.instant().minusSeconds(3600));
    controlPlane.answer =
        key -> {
          X509Certificate leaf =
              other.leaf(
                  key,
                  TestIssuer.RATINGS.toString(),
                  clock.instant().minusSeconds(1),
                  clock.instant().plusSeconds(3600));
          return other.reply(leaf);
        };

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("issued certificate is refused");
  }

  @Test
  void interruptedJoinIsNoDelayToTellOf() throws InterruptedException {
    controlPlane.close();
    List<Throwable> ends = new CopyOnWriteArrayList<>();
    Thread joining =
        new Thread(
            () -> {
              try {
                agent().start();
              } catch (RuntimeException e) {
                ends.add(e);
              }
            });
    joining.start();
    await().until(() -> told.contains("joinDelayed"));
    joining.interrupt();
    joining.join(10_000);
    assertThat(ends).singleElement().asString().contains("interrupted while joining");
    int delays = told.size();
    Thread.currentThread().interrupt(); // in the middle of a request
    assertThatThrownBy(() -> agent().start()).hasMessageContaining("interrupted while joining");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(told).hasSize(delays);
  }

  @Test
  void replyThatIsNoChainIsRefused() {
    controlPlane.answer = key -> List.of("nonsense", "nonsense");

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("unreadable");
  }

  @Test
  void controlPlaneThatStaysAwayIsGivenUpAfterTheJoinTimeout() {
    controlPlane.close();
    Duration pastTheTimeout = Duration.ofMinutes(1);
    RotationPolicy slow = new RotationPolicy(0, pastTheTimeout, pastTheTimeout);

    assertThatThrownBy(() -> agent().rotation(slow).start())
        .isInstanceOf(AgentStartException.class)
        .isNotInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("no answer within 10 s")
        .hasMessageContaining("UNAVAILABLE");
    assertThat(told).doesNotContain("joinDelayed");
    assertNothingIsLeftOpen();
  }

  @Test
  void lostReplyIsAskedForAgainWithTheSameKeyAlsoAfterARestart() {
    controlPlane.failures.add(Status.UNAVAILABLE.withDescription("reply lost"));
    controlPlane.failures.add(Status.UNAVAILABLE.withDescription("reply lost"));
    for (int i = 0; i < 2; i++) {
      controlPlane.failures.add(Status.PERMISSION_DENIED);
    }
    assertThatThrownBy(() -> agent().start()).isInstanceOf(JoinRefusedException.class);
    assertThat(told.stream().filter("joinDelayed"::equals)).hasSize(2);
    controlPlane.failures.clear();

    try (VmAgent agent = agent().start()) {
      assertThat(agent.spiffeId()).isEqualTo(TestIssuer.RATINGS);
    }

    assertThat(controlPlane.callers).hasSize(4).containsOnly("token:" + FakeControlPlane.TOKEN);
    assertThat(controlPlane.keys.stream().distinct()).hasSize(1);
  }

  @Test
  void stateIsPrivateAndHasNoPendingKeyAfterTheJoin() throws IOException {
    try (VmAgent agent = agent().start()) {
      Path state = bundle.resolve("state");
      assertThat(Files.getPosixFilePermissions(state))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      try (Stream<Path> files = Files.list(state)) {
        for (Path file : files.toList()) {
          assertThat(Files.getPosixFilePermissions(file))
              .as(file.toString())
              .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
      }
      assertThat(state.resolve("next-key.pem")).doesNotExist();
      assertThat(agent.sdsSocket()).exists();
    }
  }

  @Test
  void stateThatOthersMayReadIsRefused() throws IOException {
    Files.createDirectory(
        bundle.resolve("state"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(AgentStartException.class)
        .hasMessageContaining(bundle.resolve("state").toString())
        .hasMessageContaining("rwxr-xr-x");
  }

  @Test
  void keyFileThatOthersMayReadIsRefused() throws IOException {
    agent().start().close();
    Path svid = bundle.resolve("state/svid.pem");
    Files.setPosixFilePermissions(svid, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(AgentStartException.class)
        .hasMessageContaining(svid.toString())
        .hasMessageContaining("rw-r-----");
  }

  @Test
  void secondAgentOnOneStateDirectoryIsRefused() {
    try (VmAgent agent = agent().start()) {
      assertThatThrownBy(() -> agent().start())
          .isInstanceOf(AgentStartException.class)
          .hasMessageContaining("held by another running agent");
      assertThat(agent.sdsSocket()).exists();
    }
  }

  @Test
  void damagedSvidFileIsNamedAndNotQuoted() throws IOException {
    agent().start().close();
    Path svid = bundle.resolve("state/svid.pem");
    String text = Files.readString(svid);
    Files.writeString(svid, text.replace("PRIVATE KEY", "SECRET KEY"));

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(AgentStartException.class)
        .hasMessageContaining(svid.toString())
        .hasMessageContaining("damaged")
        .hasMessageNotContaining(text.lines().toList().get(1));
  }

  @Test
  void stateOfAnotherIdentityIsRefused() throws IOException {
    agent().start().close();
    Path agentJson = bundle.resolve(BootstrapFiles.AGENT);
    Files.writeString(agentJson, Files.readString(agentJson).replace("/sa/ratings", "/sa/other"));

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("state directory has the SVID of '" + TestIssuer.RATINGS + "'");
  }

  @Test
  void restartNeedsNeitherTokenNorControlPlane() throws IOException {
    agent().start().close();
    controlPlane.close();
    Files.delete(bundle.resolve(BootstrapFiles.TOKEN));

    try (VmAgent agent = agent().start()) {
      assertThat(agent.spiffeId()).isEqualTo(TestIssuer.RATINGS);
    }
    assertThat(controlPlane.callers).hasSize(1);
  }

  @Test
  void renewalIsByCertificateWithANewKeyAndSurvivesARestart() throws IOException {
    Instant renewed;
    try (VmAgent agent = agent().start()) {
      Instant first = agent.svidExpiresAt();
      executor.advance(Duration.ofHours(13));
      renewed = agent.svidExpiresAt();
      assertThat(renewed).isAfter(first);
    }

    assertThat(controlPlane.callers)
        .containsExactly("token:" + FakeControlPlane.TOKEN, TestIssuer.RATINGS.toString());
    assertThat(controlPlane.keys.get(1)).isNotEqualTo(controlPlane.keys.get(0));
    try (SvidStore store = SvidStore.open(bundle.resolve("state"))) {
      Credentials saved = store.load(TestIssuer.DOMAIN).orElseThrow();
      assertThat(saved.expiresAt()).isEqualTo(renewed);
      assertThat(saved.svid().leaf().getPublicKey()).isEqualTo(controlPlane.keys.get(1));
    }
  }

  @Test
  void tooLongSocketPathIsRefusedBeforeTheTokenIsSpent() throws IOException {
    Path deep = Files.createDirectories(directory.resolve("x".repeat(110)));
    assertThatThrownBy(() -> agent().socketParent(deep).start())
        .isInstanceOf(AgentStartException.class)
        .hasMessageContaining("107");
    assertThatThrownBy(() -> agent().workloadSocket(deep.resolve("w.sock")).start())
        .isInstanceOf(AgentStartException.class)
        .hasMessageContaining("107");
    Files.delete(deep);
    assertThat(controlPlane.callers).isEmpty();
    assertNothingIsLeftOpen();
  }

  @Test
  void workloadApiIsWhereTheOperatorWantsIt() throws IOException {
    Path socket = directory.resolve("workload.sock");
    try (VmAgent agent = agent().workloadSocket(socket).start()) {
      assertThat(agent.workloadSocket()).isEqualTo(socket);
      assertThat(Files.getPosixFilePermissions(socket))
          .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
    }
    assertNothingIsLeftOpen();
  }

  @Test
  void renewalThatBringsAnotherIdentityIsNotInstalled() {
    try (VmAgent agent = agent().start()) {
      Instant first = agent.svidExpiresAt();
      controlPlane.answer =
          key -> issuer.reply(controlPlane.leaf(key, "spiffe://cluster.local/ns/demo/sa/evil"));

      executor.advance(Duration.ofHours(12).plusSeconds(1));

      assertThat(agent.svidExpiresAt()).isEqualTo(first);
      assertThat(agent.spiffeId()).isEqualTo(TestIssuer.RATINGS);
      assertThat(told).contains("renewalFailed");
    }
  }

  @Test
  void expiredSvidIsReplacedByANewTokenWithoutARestart() throws IOException {
    try (VmAgent agent = agent().start()) {
      controlPlane.answer = key -> List.of(); // renewals fail
      clock.advance(Duration.ofHours(25));
      executor.runReady();
      assertThat(told).contains("expired");
      controlPlane.answer =
          key -> issuer.reply(controlPlane.leaf(key, TestIssuer.RATINGS.toString()));
      int before = controlPlane.callers.size();

      Files.writeString(bundle.resolve(BootstrapFiles.TOKEN), "unknown-token");
      executor.advance(Duration.ofMillis(200));
      assertThat(controlPlane.callers.subList(before, controlPlane.callers.size()))
          .startsWith("token:unknown-token");
      assertThat(agent.spiffeId()).isEqualTo(TestIssuer.RATINGS);
    }
  }

  /** As of a platform or an OpenID Connect issuer: the file need not change. */
  @Test
  void tokenThatIsGoodMoreThanOnceBringsANewSvidAfterTheEnd() {
    try (VmAgent agent = agent().start()) {
      clock.advance(Duration.ofHours(25));

      executor.runReady();

      assertThat(controlPlane.callers)
          .containsExactly("token:" + FakeControlPlane.TOKEN, "token:" + FakeControlPlane.TOKEN);
      assertThat(agent.svidExpiresAt()).isAfter(clock.instant());
    }
  }

  @Test
  void refusedTokenIsTriedOnceAMinuteAndHealsWhenItIsGoodAgain() {
    try (VmAgent agent = agent().rotation(RotationPolicy.DEFAULT).start()) {
      controlPlane.answer = key -> List.of(); // renewals fail
      controlPlane.trusts("another-token");
      clock.advance(Duration.ofHours(25));
      executor.advance(Duration.ofSeconds(170));
      assertThat(told).contains("expired");
      assertThat(controlPlane.callers.stream().filter(caller -> caller.startsWith("token:")))
          .hasSize(1 + 3);
      assertThat(controlPlane.callers).contains(TestIssuer.RATINGS.toString());

      controlPlane.trusts(FakeControlPlane.TOKEN);
      controlPlane.answer =
          key -> issuer.reply(controlPlane.leaf(key, TestIssuer.RATINGS.toString()));
      executor.advance(Duration.ofMinutes(1));
      assertThat(agent.svidExpiresAt()).isAfter(clock.instant());
    }
  }

  @Test
  void refusedCertificateIsReplacedByANewTokenBeforeItEnds() throws IOException {
    try (VmAgent agent = agent().start()) {
      Instant first = agent.svidExpiresAt();
      Files.writeString(bundle.resolve(BootstrapFiles.TOKEN), "new-token");
      controlPlane.trusts("new-token");
      controlPlane.failures.add(Status.PERMISSION_DENIED.withDescription("BANNED"));

      executor.advance(Duration.ofHours(12).plusSeconds(1));

      assertThat(controlPlane.callers)
          .containsExactly(
              "token:" + FakeControlPlane.TOKEN, TestIssuer.RATINGS.toString(), "token:new-token");
      assertThat(agent.svidExpiresAt()).isAfter(first);
    }
  }

  @Test
  void outageLeavesANewTokenAlone() throws IOException {
    try (VmAgent agent = agent().start()) {
      Files.writeString(bundle.resolve(BootstrapFiles.TOKEN), "new-token");
      controlPlane.failures.add(Status.UNAVAILABLE);

      executor.advance(Duration.ofHours(12).plusSeconds(1));

      assertThat(agent.svidExpiresAt()).isAfter(clock.instant().plus(Duration.ofHours(23)));
      assertThat(controlPlane.callers).doesNotContain("token:new-token");
    }
  }

  @Test
  void closeRemovesTheSocketAndMayBeRepeated() {
    VmAgent agent = agent().start();
    Path socket = agent.sdsSocket();

    agent.close();
    agent.close();

    assertThat(socket.getParent()).doesNotExist();
    assertNothingIsLeftOpen();
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

  private void assertNothingIsLeftOpen() {
    await()
        .untilAsserted(
            () -> {
              try (Stream<Path> left = Files.list(directory)) {
                assertThat(left).containsExactly(bundle);
              }
              SvidStore.open(bundle.resolve("state")).close();
            });
  }
}
