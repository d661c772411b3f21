package io.mooring.identity.attest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The certificates that are shipped. */
class AwsCertificatesTest {

  private static final Instant RELEASED = Instant.parse("2026-11-23T00:00:00Z");

  @Test
  void everyRegionHasACertificateOfEitherKindThatHasNotEnded() {
    AwsCertificates all = AwsCertificates.publishedWithBareSignatures();
    assertThat(all.documents())
        .hasSize(39)
        .containsKeys("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1");
    assertThat(all.signatures()).containsOnlyKeys(all.documents().keySet());
    all.documents().forEach((region, certificate) -> check(region, certificate, 2048));
    all.signatures().forEach((region, certificate) -> check(region, certificate, 1024));
  }

  private static void check(String region, X509Certificate certificate, int bits) {
    assertThat(((RSAPublicKey) certificate.getPublicKey()).getModulus().bitLength())
        .as(region)
        .isEqualTo(bits);
    assertThat(certificate.getNotBefore().toInstant()).as(region).isBefore(RELEASED);
    assertThat(certificate.getNotAfter().toInstant()).as(region).isAfter(RELEASED);
    assertThat(certificate.getSubjectX500Principal().getName()).contains("O=Amazon");
  }

  /** A document of another region must not verify; the keys of bare signatures are shared. */
  @Test
  void noTwoRegionsShareTheKeyOfDocuments() {
    Map<String, X509Certificate> documents = AwsCertificates.published().documents();
    assertThat(documents.values())
        .extracting(X509Certificate::getPublicKey)
        .doesNotHaveDuplicates();
  }

  @Test
  void bareSignaturesAreNotVerifiedUnlessAskedFor() {
    assertThat(AwsCertificates.published().signatures()).isEmpty();
  }
}
