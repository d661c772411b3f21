package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5280 4.1.2.5: two kinds of time, on either side of 2050. */
class CertificateTimesTest {

  private static final KeyPair KEYS = Csr.ec("secp256r1");
  private static final CertificateSigner SIGNER =
      new CertificateSigner(
          new LocalSigningKey(KEYS.getPrivate(), KEYS.getPublic(), new SecureRandom()),
          new SecureRandom());

  @ParameterizedTest
  @CsvSource({
    "1999-12-31T23:59:59Z, 2000-01-01T00:00:00Z",
    "2026-01-01T00:00:00Z, 2049-12-31T23:59:59Z",
    "2049-12-31T23:59:59Z, 2050-01-01T00:00:00Z",
    "2050-01-01T00:00:00Z, 9999-12-31T23:59:59Z"
  })
  void timesAreReadBackAsTheyWereWritten(Instant from, Instant to) {
    X509Certificate root = SIGNER.root("spiffe://td", from, to);
    assertThat(root.getNotBefore().toInstant()).isEqualTo(from);
    assertThat(root.getNotAfter().toInstant()).isEqualTo(to);
  }

  @Test
  void kindOfTimeChangesWith2050() throws Exception {
    byte[] der =
        SIGNER
            .root(
                "spiffe://td",
                Instant.parse("2049-12-31T23:59:59Z"),
                Instant.parse("2050-01-01T00:00:00Z"))
            .getEncoded();
    String text = new String(der, StandardCharsets.ISO_8859_1);
    assertThat(text).contains("\u0017\r491231235959Z\u0018\u000f20500101000000Z");
  }
}
