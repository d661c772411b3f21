package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.identity.BadInput;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** RFC 5280 4.1.2.2: positive, at most 20 octets; and what nobody can foretell. */
class SerialNumbersTest {

  private static final Instant NOW = FakeClock.START;
  private static final KeyPair KEYS = Csr.ec("secp256r1");
  private static final SvidTemplate TEMPLATE =
      SvidTemplate.builder()
          .id(new TrustDomain("td").workload("demo", "a"))
          .publicKey(KEYS.getPublic())
          .ttl(Duration.ofHours(1))
          .build();

  /** Signs nothing: only the numbers are looked at. */
  private static SigningKey nothing() {
    return new SigningKey() {
      @Override
      public java.security.PublicKey publicKey() {
        return KEYS.getPublic();
      }

      @Override
      public String algorithm() {
        return "SHA256withECDSA";
      }

      @Override
      public byte[] sign(byte[] content) {
        return new byte[70];
      }
    };
  }

  private static BigInteger serial(CertificateSigner signer, X509Certificate root) {
    return signer.leaf(TEMPLATE, root, NOW, NOW.plusSeconds(60)).getSerialNumber();
  }

  /** 128 random bits: a collision among a million has a chance of 2^-89. */
  @Test
  @BadInput(54)
  void noTwoOfAHundredThousandAreTheSameAndEveryBitVaries() {
    CertificateSigner signer = new CertificateSigner(nothing(), new SecureRandom());
    X509Certificate root = signer.root("spiffe://td", NOW, NOW.plusSeconds(3600));
    int count = 100_000;
    Set<BigInteger> seen = new HashSet<>();
    int[] set = new int[128];
    for (int i = 0; i < count; i++) {
      BigInteger serial = serial(signer, root);
      assertThat(serial.signum() > 0 && serial.toByteArray().length <= 20).isTrue();
      assertThat(seen.add(serial)).isTrue();
      for (int bit = 0; bit < set.length; bit++) {
        set[bit] += serial.testBit(bit) ? 1 : 0;
      }
    }
    // Ten standard deviations of a fair coin.
    assertThat(Arrays.stream(set).boxed().toList())
        .allMatch(times -> Math.abs(times - count / 2) < 1_600);
  }

  @Test
  @BadInput(54)
  void zeroIsNoSerialNumber() {
    int[] asked = {0};
    SecureRandom zeroFirst =
        new SecureRandom() {
          private static final long serialVersionUID = 1L;

          @Override
          public void nextBytes(byte[] bytes) {
            Arrays.fill(bytes, (byte) 0);
            bytes[bytes.length - 1] = (byte) (asked[0]++ % 2); // 0, 1, 0, 1, ...
          }
        };
    CertificateSigner signer = new CertificateSigner(nothing(), zeroFirst);
    X509Certificate root = signer.root("spiffe://td", NOW, NOW.plusSeconds(3600));
    assertThat(serial(signer, root)).isEqualTo(BigInteger.ONE);
    assertThat(asked[0]).isEqualTo(4);
  }
}
