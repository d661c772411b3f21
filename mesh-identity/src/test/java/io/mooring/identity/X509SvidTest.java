package io.mooring.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.spiffe.TrustDomain;
import java.security.KeyPair;
import java.util.List;
import org.junit.jupiter.api.Test;

class X509SvidTest {

  @Test
  void emptyChainIsRefused() {
    assertThatThrownBy(() -> X509Svid.of(List.of())).hasMessageContaining("empty chain");
  }

  @Test
  void textHasTheIdentityAndNeverTheKey() {
    KeyPair keys = CertificateForge.keys();
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
