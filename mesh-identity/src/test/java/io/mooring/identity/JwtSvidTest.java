package io.mooring.identity;

import static io.mooring.identity.TestTokens.EC;
import static io.mooring.identity.TestTokens.EXPIRY;
import static io.mooring.identity.TestTokens.HEADER;
import static io.mooring.identity.TestTokens.RSA;
import static io.mooring.identity.TestTokens.SUBJECT;
import static io.mooring.identity.TestTokens.payload;
import static io.mooring.identity.TestTokens.section;
import static io.mooring.identity.TestTokens.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sentences of JWT-SVID, for whoever is shown a token. */
class JwtSvidTest {

  private static final TrustDomain TD = new TrustDomain("td");

  private final FakeClock clock = new FakeClock();

  private JwtSvidVerifier verifier(Map<String, PublicKey> keys) {
    BundleSet bundles =
        BundleSet.of(new TrustBundle(TD, List.of(), keys, Optional.empty(), Optional.empty()));
    return new JwtSvidVerifier(() -> bundles, clock);
  }

  private JwtSvid verify(String token) {
    return verifier(Map.of("k1", EC.getPublic(), "r1", RSA.getPublic())).verify(token, "db");
  }

  private void refused(String token, String why) {
    assertThatThrownBy(() -> verify(token))
        .isInstanceOf(InvalidJwtSvidException.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain(token)
        .hasSizeLessThan(600);
  }

  @Test
  @Tag("JW-6")
  @Tag("ID-15")
  void validTokenGivesItsSubjectAndClaims() {
    JwtSvid svid = verify(token(HEADER, payload("\"aud\":\"db\",\"x\":[1],\"exp\":" + EXPIRY)));

    assertThat(svid.id()).hasToString(SUBJECT);
    assertThat(svid.audience()).containsExactly("db");
    assertThat(svid.expiresAt()).isEqualTo(Instant.ofEpochSecond(EXPIRY));
    assertThat(svid.keyId()).contains("k1");
    assertThat(svid.claims()).containsEntry("x", List.of(1)).containsEntry("sub", SUBJECT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a.b",
        "a.b.c",
        "..",
        "a.b.c.d",
        "a.b.",
        "{\"payload\":\"e30\",\"signatures\":[]}",
        " a.b.c",
        "a=.b.c"
      })
  @Tag("JW-1")
  @Tag("JW-14")
  @Tag("ID-16")
  void whatIsNoCompactJwsIsRefused(String token) {
    assertThatThrownBy(() -> JwtSvid.parse(token)).isInstanceOf(InvalidJwtSvidException.class);
  }

  @Test
  void tokenOf16KiBIsRefusedUnread() {
    refused("a".repeat(1 << 20), "1048576 characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "HS256", "HS512", "EdDSA", "ES256K", "es256", "None", ""})
  @Tag("JW-3")
  @Tag("JW-4")
  @Tag("JW-11")
  void otherAlgorithmsAreRefusedBeforeAnythingElse(String algorithm) {
    refused(token("{\"alg\":\"" + algorithm + "\",\"kid\":\"k1\"}", payload()), "alg");
  }

  @Test
  void publicKeyIsNoSecretOfAnHmac() throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(EC.getPublic().getEncoded(), "HmacSHA256"));
    String content = section("{\"alg\":\"HS256\",\"kid\":\"k1\"}") + "." + section(payload());
    byte[] tag = mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
    refused(content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(tag), "alg");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"jku\":\"https://evil\"",
        "\"x5u\":\"https://evil\"",
        "\"x5c\":[]",
        "\"jwk\":{}",
        "\"crit\":[\"exp\"]",
        "\"b64\":false",
        "\"cty\":\"JWT\"",
        "\"private\":1"
      })
  @Tag("JW-2")
  void otherHeadersAreRefused(String header) {
    refused(token("{\"alg\":\"ES256\",\"kid\":\"k1\"," + header + "}", payload()), "header");
  }

  @ParameterizedTest
  @CsvSource({"JWT, true", "JOSE, true", "jwt, false", "at+jwt, false", "'', false"})
  @Tag("JW-5")
  void typeIsJwtOrJose(String type, boolean accepted) {
    String token = token("{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"" + type + "\"}", payload());
    if (accepted) {
      assertThat(verify(token).id()).hasToString(SUBJECT);
    } else {
      refused(token, "typ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"aud\":\"db\",\"exp\":9999999999}",
        "{\"sub\":\"\",\"aud\":\"db\",\"exp\":9999999999}",
        "{\"sub\":7,\"aud\":\"db\",\"exp\":9999999999}",
        "{\"sub\":\"ratings\",\"aud\":\"db\",\"exp\":9999999999}",
        "{\"sub\":\"SPIFFE://td/a\",\"aud\":\"db\",\"exp\":9999999999}",
        "{\"sub\":\"spiffe://TD/a\",\"aud\":\"db\",\"exp\":9999999999}"
      })
  @Tag("JW-6")
  void subjectIsASpiffeId(String payload) {
    refused(token(HEADER, payload), "sub");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"x\":1", "\"aud\":[]", "\"aud\":null", "\"aud\":7", "\"aud\":[\"db\",7]"})
  @Tag("JW-7")
  @Tag("JW-8")
  @Tag("JW-12")
  @Tag("JW-13")
  void tokenForNobodyIsRefused(String audience) {
    refused(token(HEADER, payload(audience + ",\"exp\":" + EXPIRY)), "aud");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"aud\":\"other\"", "\"aud\":[\"DB\",\"db2\"]", "\"aud\":\"\""})
  @Tag("JW-8")
  void tokenForSomebodyElseIsRefused(String audience) {
    refused(token(HEADER, payload(audience + ",\"exp\":" + EXPIRY)), "expected: 'db'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"x\":1",
        "\"exp\":null",
        "\"exp\":\"1893456000\"",
        "\"exp\":1e30",
        "\"exp\":-1",
        "\"exp\":true",
        "\"exp\":[1]"
      })
  @Tag("JW-10")
  @Tag("JW-13")
  void tokenWithoutAnEndIsRefused(String expiry) {
    refused(token(HEADER, payload("\"aud\":\"db\"," + expiry)), "exp");
  }

  @Test
  @Tag("JW-10")
  @Tag("JW-12")
  void endIsExactAndByTheGivenClock() {
    String token = token(HEADER, payload());
    clock.advance(Duration.ofSeconds(299));
    assertThat(verify(token).id()).hasToString(SUBJECT);
    clock.advance(Duration.ofSeconds(1));
    refused(token, "expired at");
  }

  @Test
  void endMayHaveDecimals() {
    assertThat(
            verify(token(HEADER, payload("\"aud\":\"db\",\"exp\":" + EXPIRY + ".5"))).expiresAt())
        .isEqualTo(Instant.ofEpochSecond(EXPIRY));
  }

  @Test
  void startHasAMinuteOfLeeway() {
    long now = FakeClock.START.getEpochSecond();
    String rest = ",\"aud\":\"db\",\"exp\":" + EXPIRY;
    assertThat(verify(token(HEADER, payload("\"nbf\":" + (now + 60) + rest))).id()).isNotNull();
    refused(token(HEADER, payload("\"nbf\":" + (now + 61) + rest)), "not valid before");
    refused(token(HEADER, payload("\"nbf\":\"x\"" + rest)), "nbf");
  }

  @Test
  void parsingNeverLooksAtTheTime() {
    JwtSvid expired = JwtSvid.parse(token(HEADER, payload("\"aud\":\"db\",\"exp\":1")));
    assertThat(expired.expiresAt()).isEqualTo(Instant.ofEpochSecond(1));
    assertThat(JwtSvid.parse(token(HEADER, payload("\"nbf\":99999999999,\"aud\":\"a\",\"exp\":1"))))
        .isNotNull();
  }

  @Test
  void nameTwiceIsRefused() {
    refused(token("{\"alg\":\"ES256\",\"alg\":\"ES256\",\"kid\":\"k1\"}", payload()), "header");
    refused(token(HEADER, payload("\"aud\":\"db\",\"exp\":1,\"exp\":" + EXPIRY)), "payload");
  }

  @Test
  void signatureOfAnotherKeyIsRefused() {
    KeyPair other = CertificateForge.keys();
    refused(token(HEADER, payload(), other.getPrivate(), "SHA256withECDSA"), "signature");
    String good = token(HEADER, payload());
    refused(good.substring(0, good.length() - 8) + "AAAAAAAA", "signature");
    refused(good.substring(0, good.length() - 4), "");
  }

  @Test
  void payloadOfAnotherTokenIsRefused() {
    String other = section(payload("\"aud\":\"db\",\"exp\":9999999999"));
    refused(token(HEADER, payload()).replace(section(payload()), other), "signature");
  }

  @Test
  @Tag("FE-9")
  void keyOfAnotherTrustDomainDoesNotVouch() {
    TrustBundle td = new TrustBundle(TD, List.of(), Map.of(), Optional.empty(), Optional.empty());
    TrustBundle other =
        new TrustBundle(
            new TrustDomain("other"),
            List.of(),
            Map.of("k1", EC.getPublic()),
            Optional.empty(),
            Optional.empty());
    BundleSet bundles = BundleSet.of(List.of(td, other));
    assertThatThrownBy(
            () -> new JwtSvidVerifier(() -> bundles, clock).verify(token(HEADER, payload()), "db"))
        .hasMessageContaining("no JWT key of this kid");
    assertThatThrownBy(
            () ->
                new JwtSvidVerifier(() -> BundleSet.of(other), clock)
                    .verify(token(HEADER, payload()), "db"))
        .hasMessageContaining("no bundle");
  }

  @Test
  @Tag("BU-8")
  void emptyBundleRevokesEveryToken() {
    assertThatThrownBy(
            () -> verifier(Map.of()).verify(token("{\"alg\":\"ES256\"}", payload()), "db"))
        .isInstanceOf(InvalidJwtSvidException.class);
  }

  @Test
  void keyIdIsOptional() {
    assertThat(verify(token("{\"alg\":\"ES256\"}", payload())).keyId()).isEmpty(); // JWT-SVID 2.2
    refused(token("{\"alg\":\"ES256\",\"kid\":\"k2\"}", payload()), "kid");
    refused(token("{\"alg\":\"ES256\",\"kid\":7}", payload()), "kid");
    refused(token("{\"alg\":\"ES256\",\"kid\":\"\"}", payload()), "kid");
  }

  @Test
  @Tag("JW-3")
  void rsaSignaturesOfBothPaddingsAreVerified() {
    String rs = "{\"alg\":\"RS256\",\"kid\":\"r1\"}";
    String ps = "{\"alg\":\"PS256\",\"kid\":\"r1\"}";
    assertThat(verify(token(rs, payload(), RSA.getPrivate(), "SHA256withRSA")).id()).isNotNull();
    assertThat(verify(token(ps, payload(), RSA.getPrivate(), "RSASSA-PSS")).id()).isNotNull();
    refused(token(ps, payload(), RSA.getPrivate(), "SHA256withRSA"), "signature");
  }

  /** go-spiffe tests itself with P-384, java-spiffe with P-521. */
  @ParameterizedTest
  @CsvSource({"secp384r1, ES384, SHA384", "secp521r1, ES512, SHA512"})
  @Tag("JW-3")
  void ecSignaturesOfTheLargerCurvesAreVerified(String curve, String alg, String digest)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    KeyPair keys = generator.generateKeyPair();
    String header = "{\"alg\":\"" + alg + "\",\"kid\":\"k1\"}";
    String token = token(header, payload(), keys.getPrivate(), digest + "withECDSA");
    assertThat(verifier(Map.of("k1", keys.getPublic())).verify(token, "db").id())
        .hasToString(SUBJECT);
    refused(token, "signature"); // the same kid, another key of another curve
  }

  @Test
  void keyOfAnotherKindThanTheAlgorithmsIsRefused() {
    refused(token("{\"alg\":\"ES256\",\"kid\":\"r1\"}", payload()), "signature");
    refused(token("{\"alg\":\"ES384\",\"kid\":\"k1\"}", payload()), "signature");
    refused(token("{\"alg\":\"RS256\",\"kid\":\"k1\"}", payload()), "signature");
  }

  @Test
  void shortRsaKeyIsRefused() {
    KeyPair weak = TestTokens.rsa(1024);
    String token =
        token("{\"alg\":\"RS256\",\"kid\":\"w\"}", payload(), weak.getPrivate(), "SHA256withRSA");
    assertThatThrownBy(() -> verifier(Map.of("w", weak.getPublic())).verify(token, "db"))
        .isInstanceOf(InvalidJwtSvidException.class);
  }

  @Test
  @Tag("JW-19")
  void certificatesOfTheBundleDoNotVerifyTokens() {
    BundleSet bundles = BundleSet.of(new TrustBundle(TD, List.of(CertificateForge.root())));
    assertThatThrownBy(
            () ->
                new JwtSvidVerifier(() -> bundles, clock)
                    .verify(
                        token(
                            "{\"alg\":\"ES256\"}",
                            payload(),
                            CertificateForge.rootKeys().getPrivate(),
                            "SHA256withECDSA"),
                        "db"))
        .isInstanceOf(InvalidJwtSvidException.class);
  }

  @Test
  void textNeverShowsTheToken() {
    JwtSvid svid = verify(token(HEADER, payload()));
    assertThat(svid.toString()).contains(SUBJECT).doesNotContain(svid.reveal());
  }

  @Test
  void localeDoesNotMatter() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(verify(token(HEADER, payload())).id()).hasToString(SUBJECT);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Property(tries = 300)
  void whateverIsNotASvidIsRefusedWithItsException(@ForAll String header, @ForAll String payload) {
    String token = section(header) + "." + section(payload) + ".AAAA";
    assertThatThrownBy(() -> JwtSvid.parse(token)).isInstanceOf(InvalidJwtSvidException.class);
  }
}
