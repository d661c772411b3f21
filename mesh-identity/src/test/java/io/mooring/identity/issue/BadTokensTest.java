package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.identity.BadInput;
import io.mooring.identity.X509Svid;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.TestPki;
import io.mooring.identity.attest.jointoken.JoinToken;
import io.mooring.identity.attest.jwt.JwkSource;
import io.mooring.identity.attest.jwt.JwtVerifier;
import io.mooring.identity.attest.kubernetes.KubernetesAttestor;
import io.mooring.identity.attest.kubernetes.OfflineTokenReviewer;
import io.mooring.identity.ca.Csr;
import io.mooring.testkit.FakeClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups 19 to 27: hostile tokens. */
class BadTokensTest {

  private static final String ID = "spiffe://cluster.local/ns/demo/sa/bookinfo-ratings";
  private static final KeyPair KEYS = Csr.ec("secp256r1");
  private static final KeyPair CLUSTER = TestPki.rsa();

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private IssuerFixture fixture;
  private SvidIssuer issuer;
  private RefusalProbe probe;

  @BeforeEach
  void open() throws IOException {
    fixture = new IssuerFixture(temporary, clock);
    probe = new RefusalProbe(fixture, temporary);
    issuer =
        fixture
            .builder()
            .attestor(
                new KubernetesAttestor(
                    new OfflineTokenReviewer(
                        new JwtVerifier(
                            "https://cluster",
                            "istio-ca",
                            JwkSource.of(TestPki.jwks("k1", CLUSTER)),
                            clock))))
            .build();
  }

  private static SvidRequest request() {
    return new SvidRequest(Csr.of(KEYS).uri(ID).pem(), 0, "10.0.0.1");
  }

  private static SvidRequest otherKey() {
    return new SvidRequest(Csr.p256().uri(ID).pem(), 0, "10.0.0.2");
  }

  private void refused(RefusalReason reason, String token, SvidRequest request) {
    String secret = token.length() > 40 ? token.substring(20, 40) : token + "#";
    probe.refused(reason, () -> issuer.join(token, request), secret);
  }

  @Test
  @BadInput(19)
  void secondUseOfAToken() {
    JoinToken token = fixture.token("demo", "ratings");
    issuer.join(token.reveal(), request());
    refused(RefusalReason.REUSED_TOKEN, token.reveal(), otherKey());
  }

  /**
   * 64 threads of another process race for a token; it is killed at some point, and another process
   * races again: at most one key was ever told that it won, and none if the kill came first.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 65})
  @BadInput({20, 25})
  void manyUsesAtOnceAcrossAKill(int linesBeforeTheKill) throws Exception {
    IssuerFixture real = new IssuerFixture(temporary.resolve("race"), InstantSource.system());
    JoinToken token = real.token("demo", "ratings");
    List<String> first = race(token, linesBeforeTheKill);
    List<String> second = race(token, 65);
    List<String> winners = new ArrayList<>(first);
    winners.addAll(second);
    winners.removeIf(line -> !line.startsWith("won "));
    assertThat(winners).hasSizeLessThanOrEqualTo(1);
    assertThat(first).noneMatch(line -> line.startsWith("failed"));
    assertThat(second)
        .hasSize(65)
        .allMatch(
            line ->
                line.startsWith("won ") || line.endsWith("reused-token") || line.equals("done"));
    if (linesBeforeTheKill == 65) {
      assertThat(winners).hasSize(1);
      assertThat(first).filteredOn(line -> line.equals("refused reused-token")).hasSize(63);
    }
  }

  private List<String> race(JoinToken token, int lines) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TokenRace.class.getName(),
                temporary.resolve("race").toString(),
                token.reveal(),
                "64")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> told = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = "";
      while (told.size() < lines && line != null) {
        line = out.readLine();
        if (line != null) {
          told.add(line);
        }
      }
      process.toHandle().destroyForcibly(); // SIGKILL, and the pipe stays readable
      for (line = out.readLine(); line != null; line = out.readLine()) {
        told.add(line); // what it had told before it died
      }
    }
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return told;
  }

  @Test
  @BadInput(21)
  void tokenOutsideItsTime() {
    JoinToken token = fixture.token("demo", "ratings");
    clock.advance(Duration.ofHours(1));
    refused(RefusalReason.EXPIRED_TOKEN, token.reveal(), request());
    refused(RefusalReason.STALE_EVIDENCE, jwt("\"nbf\":%d".formatted(now() + 61)), request());
    refused(RefusalReason.STALE_EVIDENCE, jwt("\"iat\":%d".formatted(now() + 61)), request());
    refused(RefusalReason.STALE_EVIDENCE, claims(full(now() - 61, "")), request());
    refused(RefusalReason.INVALID_EVIDENCE, claims(ACCOUNT), request()); // no exp at all
  }

  @Test
  @BadInput(22)
  void tokenOfAnotherGroup() {
    fixture.group("demo", "reviews", "bookinfo-reviews");
    refused(RefusalReason.OTHER_IDENTITY, fixture.token("demo", "reviews").reveal(), request());
    JoinToken gone = fixture.token("other", "ratings");
    refused(RefusalReason.UNKNOWN_GROUP, gone.reveal(), request());
    refused(
        RefusalReason.UNKNOWN_GROUP,
        claims(full(now() + 60, "").replace("bookinfo-ratings", "admin")),
        request());
  }

  @Test
  @BadInput(23)
  void tokenThatIsNotTheSameToTheLastByte() {
    String token = fixture.token("demo", "ratings").reveal();
    refused(RefusalReason.MALFORMED_TOKEN, token.substring(0, token.length() - 1), request());
    refused(RefusalReason.MALFORMED_TOKEN, token.toUpperCase(Locale.ROOT) + "=", request());
    String secret = token.substring(17);
    String swapped =
        secret
            .chars()
            .mapToObj(
                c ->
                    ""
                        + (char)
                            (Character.isUpperCase(c)
                                ? Character.toLowerCase(c)
                                : Character.toUpperCase(c)))
            .reduce("", String::concat);
    refused(RefusalReason.WRONG_SECRET, token.substring(0, 17) + swapped, request());
    refused(RefusalReason.MALFORMED_TOKEN, "a".repeat(1 << 20), request());
  }

  private static final String ACCOUNT =
      "{\"iss\":\"https://cluster\",\"aud\":[\"istio-ca\"],"
          + "\"sub\":\"system:serviceaccount:demo:bookinfo-ratings\","
          + "\"kubernetes.io\":{\"namespace\":\"demo\","
          + "\"serviceaccount\":{\"name\":\"bookinfo-ratings\",\"uid\":\"u\"}}}";
  private static final String HEADER = "{\"alg\":\"RS256\",\"kid\":\"k1\"}";

  private long now() {
    return clock.instant().getEpochSecond();
  }

  private static String full(long exp, String more) {
    return ACCOUNT.replace("{\"iss\"", "{\"exp\":" + exp + "," + more + "\"iss\"");
  }

  private static String claims(String claims) {
    return TestPki.jwt(HEADER, claims, CLUSTER);
  }

  private String jwt(String more) {
    return claims(full(now() + 600, more + ","));
  }

  private void badJwt(String token) {
    probe.refused(
        RefusalReason.INVALID_EVIDENCE,
        () -> issuer.exchange("kubernetes", token, request()),
        token.substring(token.lastIndexOf('.') + 1) + "#");
  }

  private void badHeader(String header) {
    badJwt(TestPki.jwt(header, full(now() + 600, ""), CLUSTER));
  }

  @Test
  void goodTokenOfTheClusterIsAdmittedAsOftenAsItIsShown() {
    String token = claims(full(now() + 600, ""));
    assertThat(issuer.join(token, request()).id()).hasToString(ID);
    assertThat(issuer.join(token, otherKey()).id()).hasToString(ID);
    assertThat(fixture.lastDecision().evidence()).isEqualTo("kubernetes:demo/bookinfo-ratings");
    String one = claims(full(now() + 600, "").replace("[\"istio-ca\"]", "\"istio-ca\""));
    assertThat(issuer.join(one, request()).id()).hasToString(ID); // a plain string (Istio fails)
  }

  @Test
  @BadInput(24)
  void jsonWebTokenThatIsForged() throws Exception {
    String good = full(now() + 600, "");
    String none = TestPki.base64("{\"alg\":\"none\",\"kid\":\"k1\"}") + "." + TestPki.base64(good);
    badJwt(none + ".");
    badJwt(none + ".AAAA");
    javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
    mac.init(new javax.crypto.spec.SecretKeySpec(CLUSTER.getPublic().getEncoded(), "HmacSHA256"));
    String content =
        TestPki.base64("{\"alg\":\"HS256\",\"kid\":\"k1\"}") + "." + TestPki.base64(good);
    byte[] tag = mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
    badJwt(content + "." + java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(tag));
    badJwt(TestPki.jwt(HEADER, good, TestPki.rsa()));
    badHeader("{\"alg\":\"RS256\",\"kid\":\"k2\"}");
    badHeader("{\"alg\":\"RS256\"}");
    badHeader("{\"alg\":\"RS512\",\"kid\":\"k1\"}");
    badHeader("{\"alg\":\"RS256\",\"kid\":\"k1\",\"jku\":\"https://evil/keys\"}");
    badHeader("{\"alg\":\"RS256\",\"kid\":\"k1\",\"x5u\":\"https://evil/keys\"}");
    badHeader("{\"alg\":\"RS256\",\"kid\":\"k1\",\"crit\":[\"exp\"]}");
    badHeader("{\"alg\":\"RS256\",\"alg\":\"RS256\",\"kid\":\"k1\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'exp':1.5e9,'iss'|'iss'",
        "'exp':'4000000000',|",
        "'exp':-1,|",
        "'exp':99999999999999999999,|",
        "|'aud':['istio-ca'],",
        "'aud':['other'],|'aud':['istio-ca'],",
        "'aud':'istio-ca.evil',|'aud':['istio-ca'],",
        "'aud':[['istio-ca']],|'aud':['istio-ca'],",
        "'iss':'https://cluster/'|'iss':'https://cluster'",
        "'iss':['https://cluster']|'iss':'https://cluster'",
        "'sub':'x','sub':|'sub':",
        "system:serviceaccount:demo'|system:serviceaccount:demo:bookinfo-ratings'",
        "system:serviceaccount'|system:serviceaccount:demo:bookinfo-ratings'",
        "system:serviceaccount:demo:bookinfo-ratings:x'|system:serviceaccount:demo:bookinfo-ratings'",
        "system:serviceaccount:demo:admin'|system:serviceaccount:demo:bookinfo-ratings'",
        "system:serviceaccount:../demo:a'|system:serviceaccount:demo:bookinfo-ratings'",
        "system:node:n1'|system:serviceaccount:demo:bookinfo-ratings'",
      })
  @BadInput(24)
  void jsonWebTokenWithWrongClaims(String change) {
    String with = change.substring(0, change.indexOf('|')).replace('\'', '"');
    String replaced = change.substring(change.indexOf('|') + 1).replace('\'', '"');
    String good = full(now() + 600, "");
    String bad =
        with.startsWith("\"exp\"")
            ? good.replace(
                "\"exp\":" + (now() + 600) + ",", with.endsWith(",") ? with : "\"exp\":1.5e9,")
            : good.replace(replaced, with);
    assertThat(bad).isNotEqualTo(good);
    badJwt(claims(bad));
  }

  @Test
  @BadInput(25)
  void usedTokenAfterARestart() throws IOException {
    JoinToken token = fixture.token("demo", "ratings");
    issuer.join(token.reveal(), request());
    open();
    refused(RefusalReason.REUSED_TOKEN, token.reveal(), otherKey());
  }

  /** The same key gets the same identity for ten minutes; afterwards even it is refused. */
  @Test
  @BadInput(26)
  void replyThatWasLost() {
    JoinToken token = fixture.token("demo", "ratings");
    X509Svid lost = issuer.join(token.reveal(), request());
    clock.advance(Duration.ofMinutes(10).minusSeconds(1));
    X509Svid again = issuer.join(token.reveal(), request());
    assertThat(again.id()).isEqualTo(lost.id());
    assertThat(again.leaf().getPublicKey()).isEqualTo(lost.leaf().getPublicKey());
    refused(RefusalReason.REUSED_TOKEN, token.reveal(), otherKey());
    clock.advance(Duration.ofSeconds(1));
    refused(RefusalReason.REUSED_TOKEN, token.reveal(), request());
  }

  @Test
  @BadInput(27)
  void tokenInTexts() {
    JoinToken token = fixture.token("demo", "ratings");
    String secret = token.reveal().substring(17);
    String jwt = jwt("\"x\":1");
    assertThat(token.toString()).doesNotContain(secret);
    assertThat(fixture.tokens.list().toString()).doesNotContain(secret);
    probe.refused(
        RefusalReason.OTHER_IDENTITY,
        () ->
            issuer.join(
                token.reveal(), new SvidRequest(Csr.p256().uri("spiffe://td/x").pem(), 0, "p")),
        secret,
        token.reveal());
    String tail = jwt.substring(jwt.lastIndexOf('.') + 1);
    probe.refused(
        RefusalReason.INVALID_EVIDENCE,
        () -> issuer.join(jwt.substring(0, jwt.length() - 8) + "AAAAAAAA", request()),
        tail.substring(0, 40),
        jwt.substring(0, jwt.lastIndexOf('.')));
    issuer.join(jwt, request());
    issuer.join(token.reveal(), request());
    for (IssueEvent event : fixture.decisions) {
      assertThat(event.toString()).doesNotContain(secret).doesNotContain(tail);
    }
  }
}
