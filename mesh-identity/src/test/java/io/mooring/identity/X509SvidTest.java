package io.mooring.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.spiffe.TrustDomain;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class X509SvidTest {

  private static final String ID = "spiffe://td/ns/demo/sa/a";

  @Test
  void emptyChainIsRefused() {
    assertThatThrownBy(() -> X509Svid.of(List.of())).hasMessageContaining("empty chain");
  }

  static Stream<Arguments> noLeaves() {
    return Stream.of(
        Arguments.of("no SPIFFE ID", new CertificateForge(), "0 URI names"),
        Arguments.of("CA", new CertificateForge().uri(ID).ca(), "no CA's powers"),
        Arguments.of("no key usage", new CertificateForge().uri(ID).keyUsage(0), "may sign"),
        Arguments.of(
            "keyCertSign",
            new CertificateForge()
                .uri(ID)
                .keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign),
            "no CA's powers"),
        Arguments.of(
            "cRLSign",
            new CertificateForge().uri(ID).keyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign),
            "no CA's powers"),
        Arguments.of(
            "no digitalSignature",
            new CertificateForge().uri(ID).keyUsage(KeyUsage.keyAgreement),
            "may sign"),
        Arguments.of(
            "key usage not critical",
            new CertificateForge().uri(ID).keyUsageNotCritical(),
            "to be critical"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("noLeaves")
  void leafThatIsNoneMakesNoSvid(String what, CertificateForge leaf, String expected) {
    assertThatThrownBy(() -> X509Svid.of(List.of(leaf.forge())))
        .as(what)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void onlyCasStandAboveTheLeaf() {
    X509Certificate leaf = new CertificateForge().uri(ID).forge();
    X509Certificate noSigner =
        new CertificateForge()
            .uri("spiffe://td")
            .subject("CN=mid")
            .ca()
            .keyUsage(KeyUsage.digitalSignature)
            .forge();
    X509Certificate noCa =
        new CertificateForge()
            .uri("spiffe://td")
            .subject("CN=mid")
            .keyUsage(KeyUsage.keyCertSign)
            .forge();
    for (X509Certificate above : List.of(leaf, noSigner, noCa)) {
      assertThatThrownBy(() -> X509Svid.of(List.of(leaf, above)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: a CA with keyCertSign");
    }
    assertThat(X509Svid.of(List.of(leaf, CertificateForge.root())).id()).hasToString(ID);
  }

  @Test
  void keyOfAnotherCertificateMakesNoSvid() throws NoSuchAlgorithmException {
    List<X509Certificate> chain = List.of(new CertificateForge().uri(ID).forge());
    KeyPair otherKind = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    for (KeyPair other : List.of(CertificateForge.keys(), otherKind)) {
      assertThatThrownBy(() -> X509Svid.of(chain, other.getPrivate()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("private key of '" + ID + "' (expected: that of the leaf certificate)");
    }
  }

  @Test
  void timesAreNotLookedAt() {
    X509Certificate ended =
        new CertificateForge()
            .uri(ID)
            .validity(Instant.EPOCH, Instant.EPOCH.plusSeconds(1))
            .forge();
    assertThat(X509Svid.of(List.of(ended)).notAfter()).isEqualTo(Instant.EPOCH.plusSeconds(1));
  }

  @Test
  void textHasTheIdentityAndNeverTheKey() {
    KeyPair keys = CertificateForge.leafKeys();
    X509Svid svid =
        X509Svid.of(
            List.of(new CertificateForge().uri("spiffe://td/ns/demo/sa/a").forge()),
            keys.getPrivate());
    assertThat(svid.toString())
        .isEqualTo("X509Svid[spiffe://td/ns/demo/sa/a, notAfter=2026-01-01T01:00:00Z]");
    assertThat(svid.privateKey()).containsSame(keys.getPrivate());
  }

  @Test
  void textWithoutCertificatesOrWithALeafIsNoBundle() {
    TrustDomain domain = new TrustDomain("td");
    assertThatThrownBy(() -> TrustBundle.parse(domain, "")).hasMessageContaining("no certificate");
    assertThatThrownBy(
            () ->
                new TrustBundle(
                    domain, List.of(new CertificateForge().uri("spiffe://td/a").forge())))
        .hasMessageContaining("expected: a CA certificate");
  }

  @Test
  void bundleSurvivesItsText() {
    TrustBundle bundle = new TrustBundle(new TrustDomain("td"), List.of(CertificateForge.root()));
    assertThat(TrustBundle.parse(bundle.trustDomain(), bundle.toPem())).isEqualTo(bundle);
  }
}
