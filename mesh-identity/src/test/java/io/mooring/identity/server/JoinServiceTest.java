package io.mooring.identity.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.api.IstioCertificateRequest;
import io.mooring.identity.api.IstioCertificateServiceGrpc;
import io.mooring.identity.api.JoinEvidence;
import io.mooring.identity.api.JoinRequest;
import io.mooring.identity.api.JoinResponse;
import io.mooring.identity.api.JoinServiceGrpc;
import io.mooring.identity.api.JwtSvidServiceGrpc;
import io.mooring.identity.api.MintJwtSvidRequest;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.TestPki;
import io.mooring.identity.attest.x509pop.ProofOfPossession;
import io.mooring.identity.attest.x509pop.X509PopAttestor;
import io.mooring.identity.ca.CertificateRequest;
import io.mooring.identity.ca.Csr;
import io.mooring.identity.issue.AdmissionPolicy;
import io.mooring.identity.issue.AdmissionRule;
import io.mooring.identity.issue.IssuerFixture;
import io.mooring.identity.issue.SvidIssuer;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinServiceTest {

  private static final String ID = "spiffe://cluster.local/ns/demo/sa/bookinfo-ratings";
  private static final KeyPair ROOT_KEYS = TestPki.ec();
  private static final KeyPair KEYS = TestPki.ec();
  private static final X509Certificate ROOT = TestPki.root("CN=DC root", ROOT_KEYS);
  private static final X509Certificate LEAF =
      TestPki.certificate("CN=vm-1", KEYS).by(ROOT, ROOT_KEYS).sign();
  private static final String CSR = Csr.p256().uri(ID).pem();

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private final ManualExecutor scheduler = new ManualExecutor(clock);
  private IssuerFixture fixture;
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    fixture = new IssuerFixture(temporary, clock);
    SvidIssuer issuer =
        fixture
            .builder()
            .attestor(new X509PopAttestor(List.of(ROOT), clock, new SecureRandom()))
            .admission(
                new AdmissionPolicy(
                    List.of(
                        AdmissionRule.of("demo", "ratings", Set.of("x509pop:common-name:vm-1")))))
            .build();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new JoinService(issuer, scheduler))
            .addService(new CertificateService(issuer))
            .addService(new JwtSvidService(issuer))
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  /** One machine's call. */
  private final class Machine implements StreamObserver<JoinResponse> {
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final StreamObserver<JoinRequest> requests =
        JoinServiceGrpc.newStub(channel).join(this);

    void show(String kind, String payload, String csr) {
      requests.onNext(
          JoinRequest.newBuilder()
              .setEvidence(JoinEvidence.newBuilder().setKind(kind).setPayload(payload).setCsr(csr))
              .build());
    }

    void answer(String answer) {
      requests.onNext(JoinRequest.newBuilder().setAnswer(answer).build());
    }

    JoinResponse response() throws InterruptedException {
      Object next = received.poll(20, TimeUnit.SECONDS);
      assertThat(next).isInstanceOf(JoinResponse.class);
      return (JoinResponse) next;
    }

    void assertEnds(Status.Code code, String description) throws InterruptedException {
      Object next = received.poll(20, TimeUnit.SECONDS);
      assertThat(next).isInstanceOf(Status.class);
      assertThat(((Status) next).getCode()).isEqualTo(code);
      assertThat(((Status) next).getDescription()).contains(description);
    }

    @Override
    public void onNext(JoinResponse response) {
      received.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      received.add(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      received.add("completed");
    }
  }

  private static String proof(String challenge) {
    return ProofOfPossession.answer(
        challenge,
        CertificateRequest.claimedKeyDigest(CSR).orElseThrow(),
        KEYS.getPrivate(),
        new SecureRandom());
  }

  @Test
  void machineThatAnswersItsChallengeGetsItsCertificate() throws Exception {
    Machine machine = new Machine();
    machine.show("x509pop", Pem.encode(List.of(LEAF)), CSR);
    machine.answer(proof(machine.response().getChallenge()));
    JoinResponse last = machine.response();
    assertThat(machine.received.poll(20, TimeUnit.SECONDS)).isEqualTo("completed");
    X509Svid svid =
        X509Svid.of(Pem.certificates(String.join("", last.getCertificate().getCertChainList())));
    assertThat(svid.id()).hasToString(ID).hasToString(last.getCertificate().getSpiffeId());
    assertThat(Pem.certificates(last.getCertificate().getTrustBundle()))
        .isEqualTo(fixture.authority.trustBundle().roots());
    assertThat(fixture.decisions).hasSize(1);
    assertThat(fixture.lastDecision().evidence()).startsWith("x509pop:");
  }

  @Test
  void joinTokenNeedsNoChallenge() throws Exception {
    Machine machine = new Machine();
    machine.show("join-token", fixture.token("demo", "ratings").reveal(), CSR);
    assertThat(machine.response().getCertificate().getSpiffeId()).isEqualTo(ID);
  }

  @Test
  void whoIsRefusedLearnsNothingElse() throws Exception {
    for (String kind : List.of("join-token", "x509pop", "aws", "")) {
      Machine machine = new Machine();
      machine.show(kind, "x", "no CSR");
      machine.assertEnds(Status.Code.UNAUTHENTICATED, "join refused");
    }
    Machine liar = new Machine();
    liar.show("x509pop", Pem.encode(List.of(LEAF)), CSR);
    liar.answer(proof("another challenge " + liar.response().getChallenge()));
    liar.assertEnds(Status.Code.UNAUTHENTICATED, "join refused");
    assertThat(fixture.decisions).hasSize(5).allMatch(event -> event.refusal().isPresent());
  }

  @Test
  void provedMachineLearnsWhatIsWrongWithItsRequest() throws Exception {
    Machine machine = new Machine();
    machine.show("join-token", fixture.token("demo", "ratings").reveal(), "no CSR");
    machine.assertEnds(Status.Code.INVALID_ARGUMENT, "PEM");
    assertThat(fixture.lastDecision().refusal()).contains(RefusalReason.BAD_REQUEST);
  }

  @Test
  void messagesOutOfTurnEndTheCall() throws Exception {
    Machine machine = new Machine();
    machine.answer("x");
    machine.assertEnds(Status.Code.INVALID_ARGUMENT, "out of turn");
    Machine twice = new Machine();
    twice.show("x509pop", Pem.encode(List.of(LEAF)), CSR);
    assertThat(twice.response().getChallenge()).isNotEmpty();
    twice.show("x509pop", Pem.encode(List.of(LEAF)), CSR);
    twice.assertEnds(Status.Code.INVALID_ARGUMENT, "out of turn");
  }

  @Test
  void machineThatGivesUpIsARefusal() throws Exception {
    Machine machine = new Machine();
    machine.show("x509pop", Pem.encode(List.of(LEAF)), CSR);
    assertThat(machine.response().getChallenge()).isNotEmpty();
    machine.requests.onCompleted();
    machine.assertEnds(Status.Code.CANCELLED, "not finished");
    assertThat(fixture.lastDecision().refusal()).contains(RefusalReason.NO_ANSWER);
  }

  @Test
  void callEndsAfterAMinute() throws Exception {
    Machine machine = new Machine();
    machine.show("x509pop", Pem.encode(List.of(LEAF)), CSR);
    assertThat(machine.response().getChallenge()).isNotEmpty();
    scheduler.advance(Duration.ofMinutes(1));
    machine.assertEnds(Status.Code.DEADLINE_EXCEEDED, "PT1M");
    assertThat(fixture.lastDecision().refusal()).contains(RefusalReason.NO_ANSWER);
  }

  @Test
  void tokensAreForHoldersOfACertificateAlone() {
    assertThat(
            Status.fromThrowable(
                    org.assertj.core.api.Assertions.catchThrowable(
                        () ->
                            JwtSvidServiceGrpc.newBlockingStub(channel)
                                .mintJwtSvid(
                                    MintJwtSvidRequest.newBuilder().addAudience("a").build())))
                .getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(fixture.lastDecision().refusal()).contains(RefusalReason.NO_CREDENTIAL);
  }

  /** Above gRPC's bound the request does not even come in; below it, the CSR is measured first. */
  @Test
  void oversizedRequestsAreRefused() {
    for (int megabytes : List.of(3, 10)) {
      Status status =
          Status.fromThrowable(
              org.assertj.core.api.Assertions.catchThrowable(
                  () ->
                      IstioCertificateServiceGrpc.newBlockingStub(channel)
                          .createCertificate(
                              IstioCertificateRequest.newBuilder()
                                  .setCsr("A".repeat(megabytes << 20))
                                  .build())));
      assertThat(status.getCode())
          .isIn(Status.Code.UNAUTHENTICATED, Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
    }
  }
}
