package io.mooring.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class X509SvidVerifierTest {

  private static final String ID = "spiffe://td/ns/demo/sa/a";

  private final FakeClock clock = new FakeClock();
  private final X509SvidVerifier verifier = verifier(CertificateForge.root());

  private X509SvidVerifier verifier(X509Certificate root) {
    return new X509SvidVerifier(new TrustBundle(new TrustDomain("td"), List.of(root)), clock);
  }

  static Stream<Arguments> wrongLeaves() {
    return Stream.of(
        Arguments.of("no URI name", new CertificateForge()),
        Arguments.of("two URI names (X5-19)", new CertificateForge().uri(ID).uri(ID + "2")),
        Arguments.of("root path (X5-3)", new CertificateForge().uri("spiffe://td")),
        Arguments.of("no SPIFFE ID", new CertificateForge().uri("https://td/ns/demo/sa/a")),
        Arguments.of("upper-case scheme", new CertificateForge().uri("SPIFFE://td/ns/demo/sa/a")),
        Arguments.of("port", new CertificateForge().uri("spiffe://td:80/ns/demo/sa/a")),
        Arguments.of("percent", new CertificateForge().uri("spiffe://td/ns/%64emo/sa/a")),
        Arguments.of("query", new CertificateForge().uri(ID + "?x")),
        Arguments.of("other trust domain", new CertificateForge().uri("spiffe://other/ns/a/sa/a")),
        Arguments.of("CA (X5-17)", new CertificateForge().uri(ID).ca()),
        Arguments.of("no key usage (X5-10)", new CertificateForge().uri(ID).keyUsage(0)),
        Arguments.of(
            "keyCertSign (X5-13)",
            new CertificateForge()
                .uri(ID)
                .keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)),
        Arguments.of(
            "cRLSign (X5-13)",
            new CertificateForge().uri(ID).keyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign)),
        Arguments.of(
            "no digitalSignature (X5-12)",
            new CertificateForge().uri(ID).keyUsage(KeyUsage.keyAgreement)),
        Arguments.of(
            "signed by another key under the root's name",
            new CertificateForge().uri(ID).signedBy(CertificateForge.keys())),
        Arguments.of("other issuer", new CertificateForge().uri(ID).issuer("CN=other")),
        Arguments.of(
            "key usage not critical (X5-10)", new CertificateForge().uri(ID).keyUsageNotCritical()),
        Arguments.of(
            "expired",
            new CertificateForge()
                .uri(ID)
                .validity(FakeClock.START.minusSeconds(60), FakeClock.START.minusSeconds(1))),
        Arguments.of(
            "not yet valid",
            new CertificateForge()
                .uri(ID)
                .validity(FakeClock.START.plusSeconds(1), FakeClock.START.plusSeconds(60))));
  }

  @Tag("X5-2")
  @Tag("X5-3")
  @Tag("X5-7")
  @Tag("X5-8")
  @Tag("X5-10")
  @Tag("X5-12")
  @Tag("X5-13")
  @Tag("X5-16")
  @Tag("X5-17")
  @Tag("X5-18")
  @Tag("X5-19")
  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongLeaves")
  @BadInput({41, 42, 44})
  void wrongLeafIsRefused(String what, CertificateForge forge) {
    assertThatThrownBy(() -> verifier.verify(List.of(forge.forge())))
        .as(what)
        .isInstanceOf(CertificateException.class);
  }

  @Test
  @BadInput(42)
  void emptyAndEndlessChainsAreRefused() {
    X509Certificate leaf = new CertificateForge().uri(ID).forge();
    assertThatThrownBy(() -> verifier.verify(List.of())).hasMessageContaining("0 certificates");
    assertThatThrownBy(() -> verifier.verify(Collections.nCopies(9, leaf)))
        .hasMessageContaining("9 certificates");
  }

  /** The JDK throws NullPointerException for this leaf, which anybody can present. */
  @Tag("X5-9")
  @Test
  @BadInput(43)
  void hostThatIsNoDnsNameUnderANameConstraintIsARefusalNotACrash() {
    X509SvidVerifier constrained =
        new X509SvidVerifier(
            new TrustBundle(
                new TrustDomain("my_domain"), List.of(CertificateForge.root("example.org"))),
            clock);
    assertThatThrownBy(
            () ->
                constrained.verify(
                    List.of(new CertificateForge().uri("spiffe://my_domain/w").forge())))
        .isInstanceOf(CertificateException.class);
  }

  /** The same under an intermediate, where it is not the root that is the JDK's trouble. */
  @Tag("X5-9")
  @Test
  @BadInput(43)
  void hostThatIsNoDnsNameUnderAConstrainedIntermediateIsARefusalNotACrash() {
    X509SvidVerifier any =
        new X509SvidVerifier(
            new TrustBundle(new TrustDomain("my_domain"), List.of(CertificateForge.root())), clock);
    X509Certificate intermediate =
        new CertificateForge()
            .uri("spiffe://my_domain")
            .permitting("example.org")
            .keyUsage(KeyUsage.keyCertSign)
            .subject("CN=mid")
            .forge();
    X509Certificate leaf = CertificateForge.underLeafKey().uri("spiffe://my_domain/w").forge();
    assertThatThrownBy(() -> any.verify(List.of(leaf, intermediate)))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  @BadInput(44)
  void timeIsThatOfTheClock() throws CertificateException {
    X509Certificate leaf = new CertificateForge().uri(ID).forge();
    assertThat(verifier.verify(List.of(leaf))).hasToString(ID);
    clock.advance(Duration.ofHours(1).plusSeconds(1));
    assertThatThrownBy(() -> verifier.verify(List.of(leaf)))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void rootInTheChainIsNoHarm() throws CertificateException {
    X509Certificate leaf = new CertificateForge().uri(ID).forge();
    assertThat(verifier.verify(List.of(leaf, CertificateForge.root()))).hasToString(ID);
  }

  static Stream<Arguments> wrongIssuers() {
    String domain = "spiffe://td";
    return Stream.of(
        Arguments.of("no CA (X5-8)", new CertificateForge().uri(domain)),
        Arguments.of(
            "no keyCertSign (X5-11)",
            new CertificateForge().uri(domain).ca().keyUsage(KeyUsage.digitalSignature)),
        Arguments.of("no key usage (X5-10)", new CertificateForge().uri(domain).ca().keyUsage(0)),
        Arguments.of(
            "identity with a path (X5-6)",
            new CertificateForge().uri(domain + "/ca").ca().keyUsage(KeyUsage.keyCertSign)),
        Arguments.of(
            "expired",
            new CertificateForge()
                .uri(domain)
                .ca()
                .keyUsage(KeyUsage.keyCertSign)
                .validity(FakeClock.START.minusSeconds(60), FakeClock.START.minusSeconds(1))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongIssuers")
  @Tag("X5-6")
  @Tag("X5-8")
  @Tag("X5-10")
  @Tag("X5-11")
  @Tag("X5-16")
  void wrongIssuerInTheChainIsRefused(String what, CertificateForge issuer) {
    X509Certificate leaf = CertificateForge.underLeafKey().uri(ID).forge();
    assertThatThrownBy(() -> verifier.verify(List.of(leaf, issuer.subject("CN=mid").forge())))
        .as(what)
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void issuerInTheChainMayBeASigningSvid() throws CertificateException {
    X509Certificate leaf = CertificateForge.underLeafKey().uri(ID).forge();
    X509Certificate issuer =
        new CertificateForge()
            .uri("spiffe://td")
            .ca()
            .keyUsage(KeyUsage.keyCertSign)
            .subject("CN=mid")
            .forge();
    assertThat(verifier.verify(List.of(leaf, issuer))).hasToString(ID);
  }

  @Tag("X5-16")
  @Test
  @BadInput(42)
  void pathThatIsLongerThanACaAllowsIsRefused() throws CertificateException {
    X509Certificate leaf = CertificateForge.underLeafKey().issuer("CN=low").uri(ID).forge();
    CertificateForge low =
        CertificateForge.underLeafKey().ca().keyUsage(KeyUsage.keyCertSign).subject("CN=low");
    X509Certificate lowest = low.uri("spiffe://td").forge();
    for (int longest : new int[] {0, 1}) {
      X509Certificate mid =
          new CertificateForge()
              .uri("spiffe://td")
              .pathLength(longest)
              .keyUsage(KeyUsage.keyCertSign)
              .subject("CN=mid")
              .forge();
      List<X509Certificate> chain = List.of(leaf, lowest, mid);
      if (longest == 1) {
        assertThat(verifier.verify(chain)).hasToString(ID);
      } else {
        assertThatThrownBy(() -> verifier.verify(chain)).isInstanceOf(CertificateException.class);
      }
    }
  }

  @Tag("X5-9")
  @Test
  @BadInput(42)
  void nameConstraintOfTheRootIsHonoured() throws CertificateException {
    X509Certificate leaf = new CertificateForge().uri("spiffe://example.org/w").forge();
    TrustDomain domain = new TrustDomain("example.org");
    for (String permitted : List.of("example.org", ".org")) {
      assertThat(
              new X509SvidVerifier(
                      new TrustBundle(domain, List.of(CertificateForge.root(permitted))), clock)
                  .verify(List.of(leaf)))
          .hasToString("spiffe://example.org/w");
    }
    for (String permitted : List.of("other.org", "xample.org", "a.example.org")) {
      X509SvidVerifier constrained =
          new X509SvidVerifier(
              new TrustBundle(domain, List.of(CertificateForge.root(permitted))), clock);
      assertThatThrownBy(() -> constrained.verify(List.of(leaf)))
          .as(permitted)
          .isInstanceOf(CertificateException.class);
    }
  }
}
