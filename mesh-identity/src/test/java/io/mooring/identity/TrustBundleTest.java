package io.mooring.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sentences of the SPIFFE bundle format, for publishers and for consumers. */
class TrustBundleTest {

  private static final TrustDomain TD = new TrustDomain("td");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final X509Certificate CERTIFICATE = CertificateForge.root();
  private static final String ROOT = element(bundle().toJson(), 0);
  private static final String JWT = element(bundle().toJson(), 1);

  private static TrustBundle bundle() {
    return new TrustBundle(
        TD,
        List.of(CERTIFICATE),
        Map.of("k1", TestTokens.EC.getPublic(), "k2", TestTokens.RSA.getPublic()),
        Optional.of(BigInteger.valueOf(7)),
        Optional.of(Duration.ofMinutes(5)));
  }

  private static String element(String json, int index) {
    try {
      return JSON.readTree(json).path("keys").path(index).toString();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static TrustBundle parse(String... elements) {
    return TrustBundle.parseJson(TD, "{\"keys\":[" + String.join(",", elements) + "]}");
  }

  private static void refused(String json, String why) {
    assertThatThrownBy(() -> TrustBundle.parseJson(TD, json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why)
        .message()
        .hasSizeLessThan(800);
  }

  @Test
  @Tag("BU-2")
  @Tag("BU-4")
  @Tag("BU-5")
  @Tag("BU-6")
  void parsingWhatWasPrintedGivesTheSame() throws Exception {
    JsonNode tree = JSON.readTree(bundle().toJson());
    assertThat(tree.path("spiffe_sequence").bigIntegerValue()).isEqualTo(7);
    assertThat(tree.path("spiffe_refresh_hint").isIntegralNumber()).isTrue();
    assertThat(tree.path("spiffe_refresh_hint").asInt()).isEqualTo(300);
    assertThat(TrustBundle.parseJson(TD, bundle().toJson())).isEqualTo(bundle());
    assertThat(TrustBundle.parseJson(TD, bundle().toJson()).toJson()).isEqualTo(bundle().toJson());
  }

  @Test
  @Tag("X5-20")
  @Tag("X5-21")
  @Tag("X5-22")
  @Tag("X5-23")
  void rootIsPublishedWithItsCertificateAndWithoutKeyId() throws Exception {
    JsonNode root = JSON.readTree(ROOT);
    assertThat(root.path("use").asText()).isEqualTo("x509-svid");
    assertThat(root.has("kid")).isFalse();
    assertThat(root.path("x5c")).hasSize(1);
    assertThat(Base64.getDecoder().decode(root.path("x5c").path(0).asText()))
        .isEqualTo(CERTIFICATE.getEncoded());
  }

  @Test
  @Tag("JW-17")
  @Tag("JW-18")
  void jwtKeyIsPublishedWithUseAndKeyId() throws Exception {
    JsonNode key = JSON.readTree(JWT);
    assertThat(key.path("use").asText()).isEqualTo("jwt-svid");
    assertThat(key.path("kid").asText()).isEqualTo("k1");
  }

  @Test
  @Tag("BU-10")
  @Tag("BU-11")
  @Tag("BU-13")
  void publishedElementsHaveTypeAndUseAndNothingUnknown() throws Exception {
    List<String> known = List.of("kty", "use", "kid", "crv", "x", "y", "n", "e", "x5c");
    for (JsonNode element : JSON.readTree(bundle().toJson()).path("keys")) {
      assertThat(element.has("kty")).isTrue();
      assertThat(element.has("use")).isTrue();
      element.fieldNames().forEachRemaining(name -> assertThat(known).contains(name));
    }
  }

  @Test
  @Tag("BU-1")
  void unknownParametersAreNeitherNeededNorHarmful() {
    TrustBundle bundle =
        TrustBundle.parseJson(
            TD, "{\"x\":{\"y\":[1]},\"keys\":[" + ROOT.replace("{", "{\"extra\":1,") + "]}");
    assertThat(bundle.roots()).containsExactly(CERTIFICATE);
    assertThat(bundle.sequence()).isEmpty();
    assertThat(bundle.refreshHint()).isEmpty();
  }

  @Test
  @Tag("BU-6")
  @BadInput(45)
  void bundleWithoutKeysIsRefused() {
    refused("{}", "keys");
    refused("{\"keys\":null}", "keys");
    refused("{\"keys\":{}}", "keys");
    refused("[]", "object");
    refused("", "object");
    refused("nonsense", "JSON");
    refused("{\"keys\":[]} {}", "JSON");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kty\":\"OKP\",\"use\":\"x509-svid\"}",
        "{\"kty\":\"oct\",\"use\":\"jwt-svid\",\"k\":\"AAAA\",\"kid\":\"a\"}",
        "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"use\":\"jwt-svid\",\"kid\":\"a\"}",
        "{\"use\":\"x509-svid\"}",
        "{\"kty\":7,\"use\":\"x509-svid\"}",
        "{\"kty\":\"RSA\"}",
        "{\"kty\":\"RSA\",\"use\":\"wit-svid\"}",
        "{\"kty\":\"RSA\",\"use\":\"X509-SVID\"}",
        "{\"kty\":\"RSA\",\"use\":\"sig\"}",
        "{\"kty\":\"RSA\",\"use\":\"x509-svid\"}",
        "{\"kty\":\"RSA\",\"use\":\"x509-svid\",\"x5c\":[]}",
        "{}",
        "7",
        "null"
      })
  @Tag("BU-7")
  @Tag("BU-12")
  @Tag("BU-14")
  @Tag("X5-24")
  @BadInput(45)
  void unknownElementIsIgnoredAndItsNeighboursAreKept(String element) {
    TrustBundle bundle = parse(element, ROOT, JWT);
    assertThat(bundle.roots()).hasSize(1);
    assertThat(bundle.jwtKeys()).containsOnlyKeys("k1");
  }

  /** go-spiffe and java-spiffe read such documents as JWT bundles; a SPIFFE bundle says the use. */
  @Test
  @Tag("BU-12")
  void keyOfAPlainJwksSignsNoSvid() {
    for (String use : new String[] {"", "\"use\":\"sig\","}) {
      String plain = JWT.replaceAll("\"use\":\"jwt-svid\",?", use);
      assertThat(plain).doesNotContain("jwt-svid");
      assertThat(parse(plain).jwtKeys()).isEmpty();
    }
  }

  @Test
  @Tag("X5-25")
  void onlyTheFirstCertificateOfAnElementCounts() {
    String two = ROOT.replace("\"]", "\",\"nonsense\"]");
    assertThat(parse(two).roots()).containsExactly(CERTIFICATE);
  }

  @Test
  @BadInput(45)
  void brokenCertificateOrKeyRefusesTheWhole() {
    refused(
        "{\"keys\":[" + ROOT + "," + ROOT.replaceAll("\"x5c\":.*", "\"x5c\":[\"?\"]}") + "]}",
        "keys[1]");
    refused("{\"keys\":[" + ROOT.replaceAll("\"x5c\":.*", "\"x5c\":[\"AAAA\"]}") + "]}", "keys[0]");
    String tail = Base64.getEncoder().encodeToString(withTail());
    refused(
        "{\"keys\":[" + ROOT.replaceAll("\"x5c\":.*", "\"x5c\":[\"" + tail + "\"]}") + "]}",
        "nothing after it");
    refused("{\"keys\":[" + JWT.replaceAll("\"x\":\"[^\"]*\"", "\"x\":\"AAAA\"") + "]}", "keys[0]");
    refused("{\"keys\":[" + JWT.replaceAll("\"y\":\"[^\"]*\",?", "") + "]}", "keys[0]");
  }

  private static byte[] withTail() {
    try {
      byte[] der = CERTIFICATE.getEncoded();
      return java.util.Arrays.copyOf(der, der.length + 1);
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void certificateOfAnotherKeyRefusesTheWhole() throws Exception {
    String x5c = JSON.readTree(ROOT).path("x5c").toString();
    String foreign = JWT.replace("jwt-svid", "x509-svid").replace("}", ",\"x5c\":" + x5c + "}");
    refused("{\"keys\":[" + foreign + "]}", "not the certificate of this key"); // RFC 7517 4.7
  }

  @Test
  void leafCertificateIsNoRoot() {
    String leaf = JwkJson.of(new CertificateForge().uri("spiffe://td/a").forge()).toString();
    refused("{\"keys\":[" + leaf + "]}", "expected: a CA certificate");
  }

  @Test
  @Tag("JW-18")
  void jwtKeyWithoutKeyIdOrWithASecondOneRefusesTheWhole() {
    refused("{\"keys\":[" + JWT.replace("\"kid\":\"k1\"", "\"x\":\"\"") + "]}", "");
    refused("{\"keys\":[" + JWT.replace(",\"kid\":\"k1\"", "") + "]}", "kid");
    refused("{\"keys\":[" + JWT.replace("\"k1\"", "\"\"") + "]}", "kid");
    refused("{\"keys\":[" + JWT + "," + JWT + "]}", "second key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "18446744073709551616", "1.5", "\"7\"", "true", "1e3", "[]"})
  @Tag("BU-3")
  @BadInput(45)
  void sequenceIsAnIntegerOf64Bits(String sequence) {
    refused("{\"keys\":[],\"spiffe_sequence\":" + sequence + "}", "sequence");
  }

  @Test
  @Tag("BU-3")
  void sequenceHas64BitsOfPrecision() {
    assertThat(
            TrustBundle.parseJson(TD, "{\"keys\":[],\"spiffe_sequence\":18446744073709551615}")
                .sequence())
        .contains(BigInteger.TWO.pow(64).subtract(BigInteger.ONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1e30", "1.5", "\"60\"", "999999999999", "{}"})
  @Tag("BU-5")
  @BadInput(45)
  void refreshHintIsAnIntegerOfSeconds(String hint) {
    refused("{\"keys\":[],\"spiffe_refresh_hint\":" + hint + "}", "spiffe_refresh_hint");
  }

  @Test
  @Tag("BU-5")
  @BadInput(45)
  void refreshHintOfZeroIsReadAsItIs() {
    assertThat(TrustBundle.parseJson(TD, "{\"keys\":[],\"spiffe_refresh_hint\":0}").refreshHint())
        .contains(Duration.ZERO); // a client polls no more often than its own floor
  }

  @Test
  @Tag("BU-8")
  @BadInput(46)
  void emptyBundleIsLegalAndTrustsNobody() {
    TrustBundle nobody = parse("{\"kty\":\"OKP\",\"use\":\"x509-svid\"}");
    assertThat(nobody.roots()).isEmpty();
    assertThatThrownBy(
            () ->
                new X509SvidVerifier(nobody, new FakeClock())
                    .verify(List.of(new CertificateForge().uri("spiffe://td/a").forge())))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  @BadInput(45)
  void hugeDeepAndAmbiguousDocumentsAreRefused() {
    refused("{\"keys\":[]" + " ".repeat(1 << 20) + "}", "characters");
    refused("{\"keys\":" + "[".repeat(5000) + "]".repeat(5000) + "}", "JSON");
    refused("{\"keys\":[],\"keys\":[]}", "JSON");
    refused("{\"keys\":[" + ROOT.replace("\"use\"", "\"kty\":\"EC\",\"use\"") + "]}", "JSON");
  }

  @Test
  @Tag("BU-15")
  @Tag("BU-18")
  void mapIsPrintedSortedWithoutHints() {
    TrustBundle other = new TrustBundle(new TrustDomain("a"), List.of());
    String json = BundleSet.of(List.of(bundle(), other)).toJson();
    assertThat(json).startsWith("{\"trust_domains\":{\"a\":").doesNotContain("refresh_hint");
    assertThat(BundleSet.EMPTY.toJson()).isEqualTo("{\"trust_domains\":{}}");
    assertThat(BundleSet.parseJson(json).find(TD).orElseThrow().hasSameKeys(bundle())).isTrue();
    assertThat(BundleSet.parseJson(json).toJson()).isEqualTo(json);
  }

  @Test
  @Tag("BU-16")
  void twoBundlesOfOneDomainAreNoSet() {
    assertThatThrownBy(() -> BundleSet.of(List.of(bundle(), bundle())))
        .hasMessageContaining("two bundles of 'td'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"trust_domains\":[]}",
        "{\"trust_domains\":{\"td\":{\"keys\":[]},\"td\":{\"keys\":[]}}}",
        "{\"trust_domains\":{\"TD\":{\"keys\":[]}}}",
        "{\"trust_domains\":{\"td\":{}}}",
        "{\"trust_domains\":{\"td\":7}}"
      })
  @Tag("BU-15")
  @Tag("BU-17")
  @BadInput(45)
  void mapWithoutDomainsOrWithOneTwiceIsRefused(String json) {
    assertThatThrownBy(() -> BundleSet.parseJson(json))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Tag("BU-19")
  void hintInsideAMapIsDropped() {
    BundleSet set =
        BundleSet.parseJson("{\"trust_domains\":{\"td\":{\"keys\":[],\"spiffe_refresh_hint\":1}}}");
    assertThat(set.find(TD).orElseThrow().refreshHint()).isEmpty();
  }

  @Test
  @Tag("FE-9")
  @Tag("FE-13")
  @BadInput(41)
  void bundlesStayApartByTrustDomain() {
    X509SvidVerifier verifier =
        new X509SvidVerifier(
            BundleSet.of(List.of(new TrustBundle(TD, List.of()), bundleOf("other"))),
            new FakeClock());
    assertThatThrownBy(
            () -> verifier.verify(List.of(new CertificateForge().uri("spiffe://td/a").forge())))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(
            () -> verifier.verify(List.of(new CertificateForge().uri("spiffe://x/a").forge())))
        .hasMessageContaining("expected: one of ['other', 'td']");
    assertThatCode(
            () -> verifier.verify(List.of(new CertificateForge().uri("spiffe://other/a").forge())))
        .doesNotThrowAnyException();
  }

  private static TrustBundle bundleOf(String domain) {
    return new TrustBundle(new TrustDomain(domain), List.of(CERTIFICATE));
  }

  @Test
  void keysOfAllCurvesAndSizesComeBack() throws Exception {
    for (String curve : List.of("secp256r1", "secp384r1", "secp521r1")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      for (int i = 0; i < 20; i++) { // coordinates with leading zeros come up
        PublicKey key = generator.generateKeyPair().getPublic();
        TrustBundle bundle =
            new TrustBundle(TD, List.of(), Map.of("a", key), Optional.empty(), Optional.empty());
        assertThat(TrustBundle.parseJson(TD, bundle.toJson())).isEqualTo(bundle);
      }
    }
  }
}
