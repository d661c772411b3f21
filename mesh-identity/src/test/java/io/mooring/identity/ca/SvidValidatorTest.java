package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.spiffe.SpiffeId;
import io.mooring.testkit.FakeClock;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What was signed is compared with what was wanted: each difference must be found. */
class SvidValidatorTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = FakeClock.START;
  private static final KeyPair KEYS = Csr.ec("secp256r1");
  private static final CertificateSigner SIGNER =
      new CertificateSigner(
          new LocalSigningKey(KEYS.getPrivate(), KEYS.getPublic(), RANDOM), RANDOM);
  private static final X509Certificate ROOT =
      SIGNER.root("spiffe://td", NOW.minusSeconds(60), NOW.plus(Duration.ofDays(1)));
  private static final SvidTemplate WANTED =
      SvidTemplate.builder()
          .id(SpiffeId.parse("spiffe://td/ns/demo/sa/a"))
          .publicKey(Csr.ec("secp256r1").getPublic())
          .ttl(Duration.ofHours(1))
          .build();

  private static X509Certificate leaf(SvidTemplate template, Instant from, Instant to) {
    return SIGNER.leaf(template, ROOT, from, to);
  }

  private static void refused(X509Certificate leaf, String what) {
    assertThatThrownBy(
            () ->
                SvidValidator.check(
                    leaf, WANTED, ROOT, ROOT.getPublicKey(), Cryptography.DEFAULT, NOW))
        .isInstanceOf(CertificateAuthorityException.class)
        .hasMessageContaining(what);
  }

  @Test
  void rightOneIsAccepted() {
    SvidValidator.check(
        leaf(WANTED, NOW.minusSeconds(1), NOW.plusSeconds(3600)),
        WANTED,
        ROOT,
        ROOT.getPublicKey(),
        Cryptography.DEFAULT,
        NOW);
  }

  @Test
  void otherIdentityIsFound() {
    SvidTemplate other =
        SvidTemplate.builder().from(WANTED).id(SpiffeId.parse("spiffe://td/ns/demo/sa/b")).build();
    refused(leaf(other, NOW, NOW.plusSeconds(60)), "identity");
  }

  @Test
  void nameThatNobodyWantedIsFound() {
    SvidTemplate other = SvidTemplate.builder().from(WANTED).addDnsNames("admin").build();
    refused(leaf(other, NOW, NOW.plusSeconds(60)), "names");
  }

  @Test
  void otherKeyIsFound() {
    SvidTemplate other =
        SvidTemplate.builder().from(WANTED).publicKey(Csr.ec("secp256r1").getPublic()).build();
    refused(leaf(other, NOW, NOW.plusSeconds(60)), "key");
  }

  @Test
  void signatureOfAnotherKeyIsFound() {
    KeyPair other = Csr.ec("secp256r1");
    CertificateSigner forger =
        new CertificateSigner(
            new LocalSigningKey(other.getPrivate(), other.getPublic(), RANDOM), RANDOM);
    refused(forger.leaf(WANTED, ROOT, NOW, NOW.plusSeconds(60)), "wrong");
  }

  @Test
  void wrongTimesAreFound() {
    refused(leaf(WANTED, NOW.plusSeconds(1), NOW.plusSeconds(60)), "notBefore");
    refused(leaf(WANTED, NOW.minusSeconds(60), NOW), "notAfter: past");
    refused(leaf(WANTED, NOW, NOW.plusSeconds(3601)), "wanted lifetime");
    SvidTemplate forever = SvidTemplate.builder().from(WANTED).ttl(Duration.ofDays(9)).build();
    assertThatThrownBy(
            () ->
                SvidValidator.check(
                    leaf(forever, NOW, NOW.plus(Duration.ofDays(2))),
                    forever,
                    ROOT,
                    ROOT.getPublicKey(),
                    Cryptography.DEFAULT,
                    NOW))
        .hasMessageContaining("past its issuer's");
  }

  @Test
  void caInPlaceOfALeafIsFound() {
    refused(
        SIGNER.root(WANTED.id().toString(), NOW.minusSeconds(60), NOW.plusSeconds(60)), "wrong");
  }
}
