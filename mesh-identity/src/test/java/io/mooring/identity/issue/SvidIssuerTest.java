package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mooring.identity.CertificateForge;
import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.X509Svid;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.jointoken.JoinToken;
import io.mooring.identity.attest.jointoken.JoinTokenAttestor;
import io.mooring.identity.attest.jointoken.JoinTokenRecord;
import io.mooring.identity.ca.CertificateAuthorityException;
import io.mooring.identity.ca.Csr;
import io.mooring.identity.ca.InvalidCertificateRequestException;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SvidIssuerTest {

  private static final String ID = "spiffe://cluster.local/ns/demo/sa/bookinfo-ratings";
  private static final KeyPair KEYS = Csr.ec("secp256r1");

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private IssuerFixture fixture;
  private SvidIssuer issuer;

  @BeforeEach
  void open() throws IOException {
    fixture = new IssuerFixture(temporary, clock);
    issuer = fixture.issuer;
  }

  private static SvidRequest request(String csr) {
    return new SvidRequest(csr, 0, "10.0.0.1");
  }

  private static SvidRequest good() {
    return request(Csr.of(KEYS).uri(ID).pem());
  }

  private void assertJoinRefused(RefusalReason reason, String credential, SvidRequest request) {
    RefusedException refusal =
        catchThrowableOfType(RefusedException.class, () -> issuer.join(credential, request));
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(fixture.lastDecision().refusal()).contains(reason);
    assertThat(fixture.lastDecision().serial()).isEmpty();
  }

  private JoinTokenRecord.State stateOf(JoinToken token) {
    return fixture.tokens.list().stream()
        .filter(kept -> kept.id().equals(token.id()))
        .findFirst()
        .orElseThrow()
        .state(clock.instant());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://cluster.local/ns/demo/sa/admin", // CVE-2021-27098
        "spiffe://other/ns/demo/sa/bookinfo-ratings",
        "spiffe://cluster.local/ns/istio-system/sa/mooring",
        "spiffe://cluster.local/ns/demo/sa/bookinfo-ratings/",
        "SPIFFE://cluster.local/ns/demo/sa/bookinfo-ratings",
        "spiffe://cluster.local/ns/demo/sa/bookinfo-ratings,spiffe://cluster.local/x",
        "spiffe://cluster.local/ns/demo/sa/%62ookinfo-ratings",
        "spiffe://cluster.local",
        "x"
      })
  void requestForAnotherIdentityIsRefusedAndLeavesTheTokenUnused(String asked) {
    JoinToken token = fixture.token("demo", "ratings");
    assertJoinRefused(
        RefusalReason.OTHER_IDENTITY, token.reveal(), request(Csr.p256().uri(asked).pem()));
    assertThat(stateOf(token)).isEqualTo(JoinTokenRecord.State.UNUSED);
  }

  @Test
  void badRequestLeavesTheTokenUnused() {
    JoinToken token = fixture.token("demo", "ratings");
    for (String csr :
        List.of(
            "", "hello", Csr.p256().signedBy(KEYS).pem(), Csr.of(Csr.keys("RSA", 1024)).pem())) {
      assertThatThrownBy(() -> issuer.join(token.reveal(), request(csr)))
          .isInstanceOf(InvalidCertificateRequestException.class);
      assertThat(fixture.lastDecision().refusal()).contains(RefusalReason.BAD_REQUEST);
    }
    assertThatThrownBy(
            () -> issuer.join(token.reveal(), new SvidRequest(Csr.p256().pem(), -1, "p")))
        .isInstanceOf(InvalidLifetimeException.class);
    assertThat(fixture.lastDecision().refusal()).contains(RefusalReason.BAD_LIFETIME);
    assertThat(stateOf(token)).isEqualTo(JoinTokenRecord.State.UNUSED);
    issuer.join(token.reveal(), good());
  }

  @Test
  void whoHasNoTokenLearnsNothingOfItsBadRequest() {
    assertJoinRefused(RefusalReason.MALFORMED_TOKEN, "x", request("hello"));
  }

  @Test
  void groupThatIsGoneLetsNobodyInAndKeepsTheToken() {
    JoinToken token = fixture.token("demo", "ratings");
    fixture.groupsByKey.clear();
    assertJoinRefused(RefusalReason.UNKNOWN_GROUP, token.reveal(), good());
    fixture.group("demo", "ratings", "bookinfo-ratings");
    issuer.join(token.reveal(), good());
  }

  @Test
  void controlPlanesIdentityIsForNoGroup() {
    fixture.group("istio-system", "evil", "mooring");
    JoinToken token = fixture.token("istio-system", "evil");
    assertJoinRefused(RefusalReason.RESERVED_IDENTITY, token.reveal(), request(Csr.p256().pem()));
    assertThat(stateOf(token)).isEqualTo(JoinTokenRecord.State.UNUSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,spiffe://cluster.local/x",
        "a b",
        "a/b",
        "../mooring",
        "a%2fb",
        "a\nb",
        "\u212a"
      })
  void accountThatIsNoPathSegmentIsRefused(String account) {
    fixture.group("demo", "ratings", account);
    JoinToken token = fixture.token("demo", "ratings");
    assertJoinRefused(RefusalReason.INVALID_IDENTITY, token.reveal(), request(Csr.p256().pem()));
  }

  @Test
  void tokenOfAnotherGroupGivesThatGroupsIdentityOnly() {
    fixture.group("demo", "reviews", "bookinfo-reviews");
    JoinToken token = fixture.token("demo", "reviews");
    assertJoinRefused(RefusalReason.OTHER_IDENTITY, token.reveal(), good());
    X509Svid svid = issuer.join(token.reveal(), request(Csr.p256().pem()));
    assertThat(svid.id()).hasToString("spiffe://cluster.local/ns/demo/sa/bookinfo-reviews");
  }

  @Test
  void secondKeyIsRefusedAndTheFirstMayRetry() {
    JoinToken token = fixture.token("demo", "ratings");
    issuer.join(token.reveal(), good());
    assertJoinRefused(RefusalReason.REUSED_TOKEN, token.reveal(), request(Csr.p256().pem()));
    assertThat(issuer.join(token.reveal(), good()).id()).hasToString(ID);
  }

  @Test
  void expiredCaIssuesNothingAndSaysSo() {
    clock.advance(Duration.ofDays(3651));
    JoinToken token = fixture.token("demo", "ratings");
    assertThatThrownBy(() -> issuer.join(token.reveal(), good()))
        .isInstanceOf(CertificateAuthorityException.class);
    assertThat(fixture.lastDecision().refusal()).contains(RefusalReason.UNAVAILABLE);
  }

  @Test
  void renewalKeepsTheIdentityAndTakesAnotherKey() {
    X509Svid first = issuer.join(fixture.token("demo", "ratings").reveal(), good());
    clock.advance(Duration.ofMinutes(30));
    KeyPair next = Csr.ec("secp256r1");
    X509Svid renewed = issuer.renew(first.chain(), request(Csr.of(next).pem()));
    assertThat(renewed.id()).isEqualTo(first.id());
    assertThat(renewed.leaf().getPublicKey().getEncoded()).isEqualTo(next.getPublic().getEncoded());
    assertThat(renewed.notAfter()).isEqualTo(clock.instant().plus(Duration.ofHours(1)));
  }

  @Test
  void renewalWithoutAValidCertificateIsRefused() {
    X509Svid svid = issuer.join(fixture.token("demo", "ratings").reveal(), good());
    X509Certificate forged = new CertificateForge().uri(ID).forge();
    assertRenewalRefused(RefusalReason.NO_CREDENTIAL, List.of());
    assertRenewalRefused(RefusalReason.INVALID_CERTIFICATE, List.of(forged));
    assertRenewalRefused(
        RefusalReason.INVALID_CERTIFICATE, fixture.authority.trustBundle().roots());
    clock.advance(Duration.ofHours(1).plusSeconds(1));
    assertRenewalRefused(RefusalReason.INVALID_CERTIFICATE, svid.chain());
  }

  /** Istio lets a VM renew for ever, even after its group is deleted. */
  @Test
  void renewalEndsWithTheGroup() {
    X509Svid svid = issuer.join(fixture.token("demo", "ratings").reveal(), good());
    fixture.group("demo", "ratings", "another");
    assertRenewalRefused(RefusalReason.UNKNOWN_GROUP, svid.chain());
    fixture.groupsByKey.clear();
    assertRenewalRefused(RefusalReason.UNKNOWN_GROUP, svid.chain());
  }

  @Test
  void renewalForAnotherIdentityIsRefused() {
    fixture.group("demo", "reviews", "bookinfo-reviews");
    X509Svid svid = issuer.join(fixture.token("demo", "ratings").reveal(), good());
    RefusedException refusal =
        catchThrowableOfType(
            RefusedException.class,
            () ->
                issuer.renew(
                    svid.chain(),
                    request(
                        Csr.p256()
                            .uri("spiffe://cluster.local/ns/demo/sa/bookinfo-reviews")
                            .pem())));
    assertThat(refusal.reason()).isEqualTo(RefusalReason.OTHER_IDENTITY);
  }

  private void assertRenewalRefused(RefusalReason reason, List<X509Certificate> chain) {
    RefusedException refusal =
        catchThrowableOfType(RefusedException.class, () -> issuer.renew(chain, good()));
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(fixture.lastDecision().refusal()).contains(reason);
  }

  @Test
  void grantIsAuditedWithEverythingButSecrets() {
    JoinToken token = fixture.token("demo", "ratings");
    X509Svid svid = issuer.join(token.reveal(), good());
    IssueEvent grant = fixture.lastDecision();
    assertThat(fixture.decisions).hasSize(1);
    assertThat(grant.refusal()).isEmpty();
    assertThat(grant.evidence()).isEqualTo("join-token:" + token.id());
    assertThat(grant.group()).contains("demo/ratings");
    assertThat(grant.identity()).contains(svid.id());
    assertThat(grant.serial()).contains(svid.leaf().getSerialNumber().toString(16));
    assertThat(grant.notAfter()).contains(svid.notAfter());
    assertThat(grant.toString()).doesNotContain(token.reveal().substring(17));
  }

  @Test
  void noRefusalShowsTheToken() {
    JoinToken token = fixture.token("demo", "ratings");
    String secret = token.reveal().substring(17);
    issuer.join(token.reveal(), good());
    for (String credential :
        List.of(token.reveal(), token.reveal() + "x", token.reveal().replace('.', '_'))) {
      StringWriter text = new StringWriter();
      catchThrowableOfType(
              RuntimeException.class, () -> issuer.join(credential, request(Csr.p256().pem())))
          .printStackTrace(new PrintWriter(text));
      assertThat(text.toString()).doesNotContain(secret);
      assertThat(fixture.lastDecision().toString()).doesNotContain(secret);
    }
  }

  @Test
  void failureBeforeSigningLeavesTheTokenUnused() {
    SvidIssuer broken =
        SvidIssuer.builder(
                fixture.authority,
                WorkloadGroups.of(
                    () -> {
                      throw new IllegalStateException("no snapshot");
                    }),
                IssuerFixture.CONTROL_PLANE)
            .attestor(new JoinTokenAttestor(fixture.tokens, clock))
            .clock(clock)
            .observer(fixture.decisions::add)
            .build();
    JoinToken token = fixture.token("demo", "ratings");
    assertThatThrownBy(() -> broken.join(token.reveal(), good()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(fixture.lastDecision().refusal()).contains(RefusalReason.UNAVAILABLE);
    assertThat(stateOf(token)).isEqualTo(JoinTokenRecord.State.UNUSED);
  }

  @Test
  void logLineCannotBeForged() {
    assertThat(LoggingIssueObserver.printable("a\nb\u001b[2J\"c\u00e9")).isEqualTo("a?b?[2J'c?");
    assertThat(LoggingIssueObserver.printable("x".repeat(1000))).hasSize(303);
  }
}
