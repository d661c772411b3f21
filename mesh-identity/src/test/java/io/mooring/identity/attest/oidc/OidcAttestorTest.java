package io.mooring.identity.attest.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.BadInput;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.TestPki;
import io.mooring.identity.attest.jwt.JwkSource;
import io.mooring.identity.attest.jwt.JwtVerifier;
import io.mooring.identity.attest.jwt.RemoteJwks;
import io.mooring.identity.ca.Csr;
import io.mooring.identity.issue.AdmissionPolicy;
import io.mooring.identity.issue.AdmissionRule;
import io.mooring.identity.issue.IssuerFixture;
import io.mooring.identity.issue.RefusalProbe;
import io.mooring.identity.issue.SvidIssuer;
import io.mooring.identity.issue.SvidRequest;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of an OpenID Connect issuer, good and hostile, through the whole pipeline. */
class OidcAttestorTest {

  private static final String ISSUER = "https://issuer.example";
  private static final String ID = "spiffe://cluster.local/ns/demo/sa/bookinfo-ratings";
  private static final String HEADER = "{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"JWT\"}";
  private static final KeyPair KEYS = TestPki.rsa();
  private static final KeyPair OTHER = TestPki.rsa();

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock(); // 2026-01-01
  private final long now = clock.instant().getEpochSecond();
  private boolean keysAreGone;
  private OidcAttestor attestor;
  private RefusalProbe probe;
  private SvidIssuer issuer;

  @BeforeEach
  void open() throws IOException {
    JwkSource source = new RemoteJwks(URI.create(ISSUER + "/keys"), this::read, clock);
    attestor =
        new OidcAttestor(
            "oidc", new JwtVerifier(ISSUER, "mooring", source, clock), List.of("repository-owner"));
    IssuerFixture fixture = new IssuerFixture(temporary, clock);
    probe = new RefusalProbe(fixture, temporary);
    issuer =
        fixture
            .builder()
            .attestor(attestor)
            .admission(
                new AdmissionPolicy(
                    List.of(
                        AdmissionRule.of(
                            "demo",
                            "ratings",
                            Set.of("oidc:subject:job-7", "oidc:repository-owner:acme")))))
            .build();
  }

  private byte[] read(URI address) throws IOException {
    if (keysAreGone) {
      throw new IOException(address + " answered 500");
    }
    return TestPki.jwks("k1", KEYS).getBytes(StandardCharsets.UTF_8);
  }

  private String claims(String subject) {
    return "{\"iss\":\""
        + ISSUER
        + "\",\"aud\":\"mooring\",\"sub\":"
        + subject
        + ",\"repository_owner\":\"acme\",\"exp\":"
        + (now + 600)
        + "}";
  }

  private String token() {
    return TestPki.jwt(HEADER, claims("\"job-7\""), KEYS);
  }

  private static SvidRequest request() {
    return new SvidRequest(Csr.p256().uri(ID).pem(), 0, "10.0.0.1");
  }

  private void refused(RefusalReason reason, String token) {
    String signature = token.substring(token.lastIndexOf('.') + 1) + "#";
    probe.refused(reason, () -> issuer.exchange("oidc", token, request()), token, signature);
  }

  @Test
  void tokenOfTheIssuerLetsItsSubjectIn() {
    assertThat(issuer.exchange("oidc", token(), request()).svid().orElseThrow().id())
        .hasToString(ID);
    assertThat(issuer.join(token(), request()).id()).hasToString(ID); // as a bearer, and again
  }

  @Test
  void selectorsAreSubjectAndTheClaimsThatWereAskedFor() {
    AttestationResult result = attestor.attest(new AttestationRequest(token(), "ab"));
    assertThat(result.evidenceId()).isEqualTo("oidc:job-7");
    assertThat(result.selectors())
        .extracting(Object::toString)
        .containsExactly("oidc:repository-owner:acme", "oidc:subject:job-7");
  }

  @Test
  void claimsThatAreMissingOrNoStringsAreNoSelectors() {
    for (String owner : List.of("7", "[\"acme\"]", "{}", "\"\"", "null", "true")) {
      String claims = claims("\"job-7\"").replace("\"acme\"", owner);
      AttestationResult result =
          attestor.attest(new AttestationRequest(TestPki.jwt(HEADER, claims, KEYS), "ab"));
      assertThat(result.selectors()).hasSize(1);
      refused(RefusalReason.UNKNOWN_GROUP, TestPki.jwt(HEADER, claims, KEYS));
    }
  }

  @Test
  void otherSubjectOrOwnerIsNotLetIn() {
    refused(RefusalReason.UNKNOWN_GROUP, TestPki.jwt(HEADER, claims("\"job-8\""), KEYS));
    refused(RefusalReason.UNKNOWN_GROUP, TestPki.jwt(HEADER, claims("\"JOB-7\""), KEYS));
    refused(
        RefusalReason.UNKNOWN_GROUP,
        TestPki.jwt(HEADER, claims("\"job-7\"").replace("acme", "evil"), KEYS));
  }

  @Test
  void bearerOfAnotherIssuerIsNotRecognized() {
    assertThat(attestor.recognizes(token())).isTrue();
    assertThat(
            attestor.recognizes(
                TestPki.jwt(HEADER, claims("\"job-7\"").replace("issuer.", "evil."), KEYS)))
        .isFalse();
    assertThat(attestor.recognizes("no token")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"\"", "7", "null", "[\"job-7\"]", "\"job 7\"", "\"job-7\\n\"", "\"j\u00f6b\""})
  @BadInput({17, 24})
  void subjectThatIsNoPlainTextIsRefused(String subject) {
    refused(RefusalReason.INVALID_EVIDENCE, TestPki.jwt(HEADER, claims(subject), KEYS));
  }

  @Test
  @BadInput({17, 24})
  void subjectThatIsTooLongIsRefused() {
    refused(
        RefusalReason.INVALID_EVIDENCE,
        TestPki.jwt(HEADER, claims("\"" + "j".repeat(513) + "\""), KEYS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"alg\":\"none\",\"kid\":\"k1\"}",
        "{\"alg\":\"HS256\",\"kid\":\"k1\"}",
        "{\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"kid\":\"k2\"}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\"}",
        "{\"alg\":\"RS512\",\"kid\":\"k1\"}",
        "{\"alg\":\"RS256\",\"kid\":\"k1\",\"jku\":\"https://evil.example\"}",
        "{\"alg\":\"RS256\",\"kid\":\"k1\",\"x5u\":\"https://evil.example\"}",
        "{\"alg\":\"RS256\",\"kid\":\"k1\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"RS256\",\"kid\":\"k1\",\"kid\":\"k1\"}"
      })
  @BadInput(24)
  void hostileHeaderIsRefused(String header) {
    refused(RefusalReason.INVALID_EVIDENCE, TestPki.jwt(header, claims("\"job-7\""), KEYS));
  }

  @Test
  @BadInput(24)
  void signatureOfAnotherKeyOrOverOtherClaimsIsRefused() {
    refused(RefusalReason.INVALID_EVIDENCE, TestPki.jwt(HEADER, claims("\"job-7\""), OTHER));
    String[] parts = token().split("\\.", -1);
    refused(
        RefusalReason.INVALID_EVIDENCE,
        parts[0] + "." + TestPki.base64(claims("\"root\"")) + "." + parts[2]);
    refused(RefusalReason.INVALID_EVIDENCE, parts[0] + "." + parts[1] + ".");
  }

  @ParameterizedTest
  @CsvSource({
    "iss:https://issuer.example, iss:https://issuer.example/",
    "iss:https://issuer.example, iss:HTTPS://issuer.example",
    "aud:mooring, aud:other",
    "aud:mooring, aud:Mooring",
    "aud:mooring, nothing:mooring"
  })
  @BadInput(24)
  void issuerAndAudienceAreComparedByteForByte(String right, String wrong) {
    String claims = claims("\"job-7\"").replace(quoted(right), quoted(wrong));
    assertThat(claims).isNotEqualTo(claims("\"job-7\""));
    refused(RefusalReason.INVALID_EVIDENCE, TestPki.jwt(HEADER, claims, KEYS));
  }

  private static String quoted(String pair) {
    int colon = pair.indexOf(':');
    return "\"" + pair.substring(0, colon) + "\":\"" + pair.substring(colon + 1) + "\"";
  }

  @ParameterizedTest
  @CsvSource({
    "-61, STALE_EVIDENCE",
    "-60, STALE_EVIDENCE",
    "1.5, INVALID_EVIDENCE",
    "x, INVALID_EVIDENCE",
    "99999999999999999999, INVALID_EVIDENCE"
  })
  @BadInput({24, 44})
  void endMustBeAWholeSecondThatHasNotPassed(String end, RefusalReason reason) {
    String exp =
        switch (end) {
          case "x" -> "\"" + (now + 600) + "\"";
          case "1.5" -> (now + 600) + ".5";
          default -> end.startsWith("-") ? String.valueOf(now + Long.parseLong(end)) : end;
        };
    refused(
        reason,
        TestPki.jwt(
            HEADER, claims("\"job-7\"").replace("\"exp\":" + (now + 600), "\"exp\":" + exp), KEYS));
  }

  @Test
  @BadInput({24, 44})
  void clocksMayBeAMinuteApart() {
    String ended = claims("\"job-7\"").replace(String.valueOf(now + 600), String.valueOf(now - 59));
    assertThat(issuer.join(TestPki.jwt(HEADER, ended, KEYS), request()).id()).hasToString(ID);
    String withoutEnd = claims("\"job-7\"").replace("\"exp\"", "\"until\"");
    refused(RefusalReason.INVALID_EVIDENCE, TestPki.jwt(HEADER, withoutEnd, KEYS));
    clock.advance(Duration.ofMinutes(11));
    refused(RefusalReason.STALE_EVIDENCE, token());
  }

  @Test
  @BadInput(40)
  void keysThatCannotBeReadLetNobodyIn() {
    keysAreGone = true;
    refused(RefusalReason.UNAVAILABLE, token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"repository_owner", "Owner", "", "a b", "a:b"})
  void claimThatCannotBeASelectorIsAMistakeOfTheOperator(String claim) {
    JwtVerifier verifier =
        new JwtVerifier(ISSUER, "mooring", JwkSource.of(TestPki.jwks("k1", KEYS)), clock);
    assertThatThrownBy(() -> new OidcAttestor("oidc", verifier, List.of(claim)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + claim + "'");
  }
}
