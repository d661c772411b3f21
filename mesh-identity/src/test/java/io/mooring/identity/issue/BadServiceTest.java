package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mooring.identity.BadInput;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.ReplayStore;
import io.mooring.identity.attest.Selector;
import io.mooring.identity.attest.jointoken.JoinToken;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.CertificateAuthorityException;
import io.mooring.identity.ca.Csr;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.identity.ca.RotatingCertificateAuthority;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Groups 47 to 56: a service under load, without its disk, its signer or its clock. */
class BadServiceTest {

  private static final String ID = "spiffe://cluster.local/ns/demo/sa/bookinfo-ratings";
  private static final KeyPair KEYS = Csr.ec("secp256r1");
  private static final String CSR = Csr.of(KEYS).uri(ID).pem();

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private IssuerFixture fixture;
  private RefusalProbe probe;

  @BeforeEach
  void open() throws IOException {
    fixture = new IssuerFixture(temporary, clock);
    probe = new RefusalProbe(fixture, temporary);
  }

  private static SvidRequest from(String peer) {
    return new SvidRequest(CSR, 0, peer);
  }

  private X509Svid joined() {
    return fixture.issuer.join(fixture.token("demo", "ratings").reveal(), from("10.0.0.1"));
  }

  private static RefusalReason reason(Throwable failure) {
    assertThat(failure).isInstanceOf(RefusedException.class);
    return ((RefusedException) failure).reason();
  }

  @Test
  @BadInput(50)
  void stormOfOneCallerIsBoundAndTouchesNobodyElse() {
    SvidIssuer issuer =
        fixture
            .builder()
            .limits(
                new RequestLimits(
                    new RequestLimits.Rate(1, 20), new RequestLimits.Rate(1_000, 1_000), 8))
            .build();
    int judged = 0;
    for (int i = 0; i < 10_000; i++) {
      RefusalReason reason = reason(catchThrowable(() -> issuer.join("x", from("10.0.0.66"))));
      judged += reason == RefusalReason.RATE_LIMITED ? 0 : 1;
    }
    assertThat(judged).isEqualTo(20);
    JoinToken token = fixture.token("demo", "ratings");
    probe.refused(RefusalReason.RATE_LIMITED, () -> issuer.join(token.reveal(), from("10.0.0.66")));
    assertThat(issuer.join(token.reveal(), from("10.0.0.1")).id()).hasToString(ID);
    clock.advance(Duration.ofSeconds(1));
    JoinToken next = fixture.token("demo", "ratings");
    assertThat(issuer.join(next.reveal(), from("10.0.0.66")).id()).hasToString(ID);
  }

  @Test
  @BadInput({51, 50})
  @Timeout(20)
  void slowSignerIsNotQueuedFor() throws Exception {
    CountDownLatch signing = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    SvidIssuer issuer =
        issuerOver(
            template -> {
              signing.countDown();
              await(go);
              return fixture.authority.issue(template);
            },
            new RequestLimits(
                new RequestLimits.Rate(100, 100), new RequestLimits.Rate(100, 100), 2));
    Thread[] slow = new Thread[2];
    for (int i = 0; i < slow.length; i++) {
      String token = fixture.token("demo", "ratings").reveal();
      slow[i] = new Thread(() -> issuer.join(token, from("10.0.0.1")));
      slow[i].start();
    }
    assertThat(signing.await(10, TimeUnit.SECONDS)).isTrue();
    JoinToken third = fixture.token("demo", "ratings");
    probe.refused(RefusalReason.RATE_LIMITED, () -> issuer.join(third.reveal(), from("10.0.0.2")));
    go.countDown();
    for (Thread thread : slow) {
      thread.join();
    }
    assertThat(issuer.join(third.reveal(), from("10.0.0.2")).id()).hasToString(ID);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @BadInput(51)
  void failingSignerIssuesNothingAndTheSameKeyMayTryAgain() {
    AtomicBoolean broken = new AtomicBoolean(true);
    SvidIssuer issuer =
        issuerOver(
            template -> {
              if (broken.get()) {
                throw new CertificateAuthorityException("the key handle is gone");
              }
              return fixture.authority.issue(template);
            },
            RequestLimits.DEFAULT);
    JoinToken token = fixture.token("demo", "ratings");
    assertThatThrownBy(() -> issuer.join(token.reveal(), from("10.0.0.1")))
        .isInstanceOf(CertificateAuthorityException.class);
    assertThat(fixture.lastDecision().refusal()).contains(RefusalReason.UNAVAILABLE);
    assertThat(fixture.lastDecision().serial()).isEmpty();
    broken.set(false);
    assertThat(issuer.join(token.reveal(), from("10.0.0.1")).id()).hasToString(ID);
  }

  private SvidIssuer issuerOver(
      java.util.function.Function<SvidTemplate, X509Svid> signer, RequestLimits limits) {
    return fixture
        .builder(
            new CertificateAuthority() {
              @Override
              public TrustBundle trustBundle() {
                return fixture.authority.trustBundle();
              }

              @Override
              public X509Svid issue(SvidTemplate template) {
                return signer.apply(template);
              }
            })
        .limits(limits)
        .build();
  }

  /** One instance that may join once. */
  private static final class OnceAttestor implements Attestor {
    private final ReplayStore uses;

    OnceAttestor(ReplayStore uses) {
      this.uses = uses;
    }

    @Override
    public String kind() {
      return "once";
    }

    @Override
    public AttestationResult attest(AttestationRequest request) {
      uses.check("once:" + request.evidence(), request.keyDigest());
      return new AttestationResult(
          "once:" + request.evidence(), Set.of(new Selector("once", "is", "good")));
    }

    @Override
    public void redeem(AttestationResult result, String keyDigest) {
      uses.use(result.evidenceId(), keyDigest);
    }
  }

  private SvidIssuer onceIssuer() throws IOException {
    return fixture
        .builder()
        .attestor(new OnceAttestor(ReplayStore.open(temporary.resolve("uses"), clock)))
        .admission(
            new AdmissionPolicy(
                List.of(AdmissionRule.of("demo", "ratings", Set.of("once:is:good")))))
        .build();
  }

  @Test
  @BadInput(52)
  void attestOnceRefusesWhileItsDiskIsGoneAndForgetsNothing() throws IOException {
    SvidIssuer issuer = onceIssuer();
    issuer.exchange("once", "one", from("p"));
    Path uses = temporary.resolve("uses");
    Path away = temporary.resolve("away");
    Files.move(uses, away);
    SvidRequest other = new SvidRequest(Csr.p256().pem(), 0, "p");
    probe.refused(RefusalReason.UNAVAILABLE, () -> issuer.exchange("once", "two", other));
    probe.refused(RefusalReason.REUSED_EVIDENCE, () -> issuer.exchange("once", "one", other));
    Files.move(away, uses);
    assertThat(issuer.exchange("once", "two", other).svid()).isPresent();
    for (Path file : files(uses)) {
      Files.writeString(file, "{");
    }
    SvidIssuer reopened = onceIssuer(); // records that nobody can read count as used
    for (String evidence : List.of("one", "two")) {
      probe.refused(
          RefusalReason.REUSED_EVIDENCE, () -> reopened.exchange("once", evidence, other));
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  @BadInput(53)
  void clockThatIsSetBackOrLeapsAhead() {
    X509Svid svid = joined();
    clock.advance(Duration.ofHours(-1)); // its start is in the future now
    probe.refused(
        RefusalReason.INVALID_CERTIFICATE,
        () -> fixture.issuer.renew(svid.chain(), from("10.0.0.1")));
    X509Svid second = joined(); // and the limits have not run dry
    assertThat(second.leaf().getNotBefore().toInstant()).isBefore(clock.instant());
    clock.advance(Duration.ofDays(1)); // a machine that slept through the end
    probe.refused(
        RefusalReason.INVALID_CERTIFICATE,
        () -> fixture.issuer.renew(second.chain(), from("10.0.0.1")));
    assertThat(joined().notAfter()).isEqualTo(clock.instant().plus(Duration.ofHours(1)));
  }

  /** 128 random bits: a collision among a million has a chance of 2^-89. */
  @Test
  @BadInput(54)
  void serialNumbersAreRandomPositiveAndShort() {
    Set<BigInteger> serials = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      X509Svid svid =
          fixture.authority.issue(
              SvidTemplate.builder()
                  .id(IssuerFixture.TD.workload("demo", "ratings"))
                  .publicKey(KEYS.getPublic())
                  .ttl(Duration.ofHours(1))
                  .build());
      BigInteger serial = svid.leaf().getSerialNumber();
      assertThat(serial.signum()).isPositive();
      assertThat(serial.toByteArray().length).isLessThanOrEqualTo(20);
      assertThat(serials.add(serial)).isTrue();
    }
    assertThat(serials).anyMatch(serial -> serial.bitLength() > 120);
  }

  @Test
  @BadInput(55)
  void everyGrantAndRefusalHasOneRecordWithoutSecrets() {
    JoinToken token = fixture.token("demo", "ratings");
    X509Svid svid = fixture.issuer.join(token.reveal(), from("10.0.0.1"));
    fixture.issuer.renew(svid.chain(), from("10.0.0.1"));
    probe.refused(
        RefusalReason.NO_CREDENTIAL, () -> fixture.issuer.renew(List.of(), from("10.0.0.2")));
    probe.refused(
        RefusalReason.UNKNOWN_EVIDENCE,
        () -> fixture.issuer.exchange("nothing", token.reveal(), from("10.0.0.3")),
        token.reveal());
    assertThat(fixture.decisions)
        .extracting(event -> event.refusal().map(Object::toString).orElse("granted"))
        .containsExactly("granted", "granted", "no-credential", "unknown-evidence");
    assertThat(fixture.decisions.get(1).evidence())
        .isEqualTo("certificate:" + svid.leaf().getSerialNumber().toString(16));
    assertThat(fixture.decisions)
        .allSatisfy(
            event -> {
              assertThat(event.at()).isEqualTo(clock.instant());
              assertThat(event.toString()).doesNotContain(token.reveal().substring(17));
            });
  }

  @Test
  @BadInput(55)
  void grantThatCannotBeRecordedIsNotHandedOut() {
    SvidIssuer issuer =
        fixture
            .builder()
            .observer(
                event -> {
                  throw new IllegalStateException("audit log is full");
                })
            .build();
    String token = fixture.token("demo", "ratings").reveal();
    assertThatThrownBy(() -> issuer.join(token, from("p")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("audit log is full");
    assertThatThrownBy(() -> issuer.join("x", from("p")))
        .isInstanceOf(RefusedException.class)
        .satisfies(refusal -> assertThat(refusal.getSuppressed()).hasSize(1));
  }

  @Test
  @BadInput(56)
  void callerThatAsksForAnothersIdentity() {
    for (String other :
        List.of(
            "spiffe://other.domain/ns/demo/sa/bookinfo-ratings",
            "spiffe://cluster.local/ns/demo/sa/admin")) {
      JoinToken token = fixture.token("demo", "ratings");
      SvidRequest request = new SvidRequest(CSR, 0, "p", Optional.of(other));
      probe.refused(
          RefusalReason.OTHER_IDENTITY, () -> fixture.issuer.join(token.reveal(), request));
      X509Svid svid = fixture.issuer.join(token.reveal(), from("p"));
      probe.refused(
          RefusalReason.OTHER_IDENTITY, () -> fixture.issuer.renew(svid.chain(), request));
    }
  }

  @Test
  void bannedIdentityAndCertificateGetNoMore() throws IOException {
    X509Svid svid = joined();
    fixture.bans.ban(svid.leaf().getSerialNumber());
    open(); // a ban survives a restart
    probe.refused(RefusalReason.BANNED, () -> fixture.issuer.renew(svid.chain(), from("p")));
    X509Svid again = joined();
    assertThat(fixture.issuer.renew(again.chain(), from("p")).id()).hasToString(ID);
    fixture.bans.ban(svid.id());
    probe.refused(RefusalReason.BANNED, () -> fixture.issuer.renew(again.chain(), from("p")));
    JoinToken token = fixture.token("demo", "ratings");
    probe.refused(RefusalReason.BANNED, () -> fixture.issuer.join(token.reveal(), from("p")));
    assertThat(fixture.bans.list()).hasSize(2);
    assertThat(fixture.bans.lift(svid.id())).isTrue();
    assertThat(fixture.bans.lift(svid.leaf().getSerialNumber())).isTrue();
    assertThat(fixture.issuer.join(token.reveal(), from("p")).id()).hasToString(ID);
  }

  @Test
  void banThatIsGarbledStopsTheStart() throws IOException {
    fixture.bans.ban(BigInteger.TEN);
    Path file = files(temporary.resolve("bans")).get(0);
    Files.writeString(file, "serial:b");
    assertThatThrownBy(() -> BanList.open(temporary.resolve("bans")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  /**
   * A connection, or a TLS session resumed, that was accepted under roots which are gone counts for
   * nothing: the chain is verified at every renewal, under the roots of now.
   */
  @Test
  @BadInput({48, 49})
  void certificateUnderRootsThatAreGone() throws IOException {
    X509Svid svid = joined();
    LocalCertificateAuthority next =
        LocalCertificateAuthority.open(
            temporary.resolve("next"), IssuerFixture.TD, clock, new SecureRandom());
    SvidIssuer rotated = fixture.builder(next).build();
    assertThat(fixture.issuer.renew(svid.chain(), from("p")).id()).hasToString(ID);
    probe.refused(RefusalReason.INVALID_CERTIFICATE, () -> rotated.renew(svid.chain(), from("p")));
  }

  /** The connection of before, or its TLS session resumed, shows the same chain as before. */
  @Test
  @BadInput({48, 49})
  void chainThatWasAcceptedBeforeARotationIsJudgedAnewAfterIt() throws IOException {
    RotatingCertificateAuthority rotating =
        RotatingCertificateAuthority.builder(temporary.resolve("rotating"), IssuerFixture.TD)
            .clock(clock)
            .open();
    SvidIssuer issuer = fixture.builder(rotating).tokens(rotating).build();
    List<X509Certificate> shown =
        issuer.join(fixture.token("demo", "ratings").reveal(), from("p")).chain();
    rotating.prepare();
    rotating.activate(true);
    List<X509Certificate> next = issuer.renew(shown, from("p")).chain(); // old root still counts
    rotating.retire(true);
    probe.refused(RefusalReason.INVALID_CERTIFICATE, () -> issuer.renew(shown, from("p")));
    probe.refused(
        RefusalReason.INVALID_CERTIFICATE,
        () -> issuer.mint(shown, new JwtSvidRequest(List.of("db"), 0, "p")));
    assertThat(issuer.renew(next, from("p")).id()).hasToString(ID);
  }
}
