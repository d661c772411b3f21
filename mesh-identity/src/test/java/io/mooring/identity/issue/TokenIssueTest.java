package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mooring.identity.JwtSvid;
import io.mooring.identity.X509Svid;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.Csr;
import io.mooring.identity.ca.JwtSvidTemplate;
import io.mooring.identity.ca.RotatingCertificateAuthority;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JWT-SVIDs for workloads that have a certificate. */
class TokenIssueTest {

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private IssuerFixture fixture;
  private SvidIssuer issuer;
  private X509Svid svid;

  @BeforeEach
  void open() throws IOException {
    fixture = new IssuerFixture(temporary, clock);
    RotatingCertificateAuthority authority =
        RotatingCertificateAuthority.builder(temporary.resolve("rotating"), IssuerFixture.TD)
            .clock(clock)
            .open();
    issuer = fixture.builder(authority).tokens(authority).build();
    svid =
        issuer.join(
            fixture.token("demo", "ratings").reveal(),
            new SvidRequest(Csr.p256().pem(), 0, "10.0.0.1"));
  }

  private JwtSvid mint(long seconds, String... audience) {
    return issuer.mint(svid.chain(), new JwtSvidRequest(List.of(audience), seconds, "10.0.0.1"));
  }

  private void assertRefused(
      RefusalReason reason, List<X509Certificate> chain, long seconds, List<String> audience) {
    RefusedException refusal =
        catchThrowableOfType(
            RefusedException.class,
            () -> issuer.mint(chain, new JwtSvidRequest(audience, seconds, "10.0.0.1")));
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(fixture.lastDecision().refusal()).contains(reason);
    assertThat(fixture.lastDecision().audience()).isEmpty();
  }

  @Test
  void badRequestsAreRefused() {
    List<String> some = List.of("reviews");
    assertRefused(RefusalReason.NO_CREDENTIAL, List.of(), 0, some);
    assertRefused(
        RefusalReason.INVALID_CERTIFICATE, fixture.authority.trustBundle().roots(), 0, some);
    assertRefused(RefusalReason.BAD_REQUEST, svid.chain(), 0, List.of());
    assertRefused(RefusalReason.BAD_REQUEST, svid.chain(), 0, List.of(""));
    assertRefused(RefusalReason.BAD_REQUEST, svid.chain(), 0, List.of("a".repeat(513)));
    assertRefused(RefusalReason.BAD_REQUEST, svid.chain(), 0, Collections.nCopies(17, "reviews"));
    assertRefused(RefusalReason.BAD_LIFETIME, svid.chain(), -1, some);
    assertRefused(RefusalReason.BAD_LIFETIME, svid.chain(), 86_401, some);
    fixture.bans.ban(svid.id());
    assertRefused(RefusalReason.BANNED, svid.chain(), 0, some);
    fixture.bans.lift(svid.id());
    fixture.groupsByKey.clear();
    assertRefused(RefusalReason.UNKNOWN_GROUP, svid.chain(), 0, some);
  }

  @Test
  void tokenHasTheCallersIdentityAndIsAudited() {
    JwtSvid token = mint(0, "reviews", "details");
    assertThat(token.id()).isEqualTo(svid.id());
    assertThat(token.audience()).containsExactly("reviews", "details");
    assertThat(token.expiresAt()).isEqualTo(clock.instant().plus(JwtSvidTemplate.DEFAULT_TTL));
    IssueEvent grant = fixture.lastDecision();
    assertThat(grant.refusal()).isEmpty();
    assertThat(grant.audience()).containsExactly("reviews", "details");
    assertThat(grant.notAfter()).contains(token.expiresAt());
    assertThat(grant.toString()).doesNotContain(token.reveal());
  }

  @Test
  void tokenDoesNotOutliveItsCertificate() {
    assertThat(mint(60, "a").expiresAt()).isEqualTo(clock.instant().plusSeconds(60));
    clock.advance(Duration.ofMinutes(59));
    assertThat(mint(0, "a").expiresAt()).isEqualTo(svid.notAfter());
  }

  @Test
  void issuerWithoutATokenKeyIssuesNone() {
    SvidIssuer without = fixture.issuer;
    X509Svid own =
        without.join(
            fixture.token("demo", "ratings").reveal(),
            new SvidRequest(Csr.p256().pem(), 0, "10.0.0.1"));
    RefusedException refusal =
        catchThrowableOfType(
            RefusedException.class,
            () -> without.mint(own.chain(), new JwtSvidRequest(List.of("a"), 0, "p")));
    assertThat(refusal.reason()).isEqualTo(RefusalReason.NOT_ALLOWED);
  }
}
