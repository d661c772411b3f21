package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.Pem;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator hears of a CA's end in time, once a day, by the clock that it was given. */
class CaExpiryTest {

  private static final TrustDomain TD = new TrustDomain("cluster.local");
  private static final KeyPair WORKLOAD = Csr.ec("secp256r1");

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private final List<Instant> warnings = new ArrayList<>();

  private final CaObserver observer =
      new CaObserver() {
        @Override
        public void endsSoon(X509Certificate issuer, Instant notAfter) {
          assertThat(issuer.getNotAfter().toInstant()).isEqualTo(notAfter);
          warnings.add(clock.instant());
        }
      };

  private RotatingCertificateAuthority open() throws IOException {
    return RotatingCertificateAuthority.builder(temporary.resolve("ca"), TD)
        .clock(clock)
        .observer(observer)
        .open();
  }

  /** Plugs in a CA that lives from now on. */
  private void plugIn(Duration life) throws IOException {
    KeyPair keys = Csr.ec("secp256r1");
    SigningKey key =
        SigningKey.of(
            keys.getPrivate(), keys.getPublic(), Cryptography.BOUNCY_CASTLE, new SecureRandom());
    CaChain chain =
        CaChain.newRoot(TD, key, clock.instant(), clock.instant().plus(life), new SecureRandom());
    Path directory = Files.createDirectory(temporary.resolve("ca"));
    Files.setPosixFilePermissions(
        directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    write(directory.resolve("ca-cert.pem"), Pem.encode(chain.roots()));
    write(
        directory.resolve("ca-key.pem"), Pem.encode("PRIVATE KEY", keys.getPrivate().getEncoded()));
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
  }

  private static void issue(CertificateAuthority authority) {
    authority.issue(
        SvidTemplate.builder()
            .id(TD.workload("demo", "ratings"))
            .publicKey(WORKLOAD.getPublic())
            .ttl(Duration.ofHours(1))
            .build());
  }

  @Test
  void lastThirtyDaysOfALongLifeAreWarnedOfOnceADay() throws IOException {
    RotatingCertificateAuthority authority = open();
    clock.advance(Duration.ofDays(3619));
    issue(authority);
    assertThat(warnings).isEmpty();
    clock.advance(Duration.ofDays(1));
    for (int i = 0; i < 3; i++) {
      issue(authority);
    }
    assertThat(warnings).hasSize(1);
    clock.advance(Duration.ofHours(23));
    issue(authority);
    assertThat(warnings).hasSize(1);
    clock.advance(Duration.ofHours(1));
    issue(authority);
    assertThat(warnings).hasSize(2);
  }

  @Test
  void lastSixthOfAShortLifeIsWarnedOf() throws IOException {
    plugIn(Duration.ofDays(60));
    RotatingCertificateAuthority authority = open();
    clock.advance(Duration.ofDays(50).minusSeconds(1));
    issue(authority);
    assertThat(warnings).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    issue(authority);
    assertThat(warnings).hasSize(1);
  }

  @Test
  void openingACaThatEndsSoonIsWarnedOfAtOnce() throws IOException {
    open();
    clock.advance(Duration.ofDays(3649));
    open();
    assertThat(warnings).hasSize(1);
  }

  @Test
  void endOfTheCaIsWarnedOfBeforeItIsRefused() throws IOException {
    RotatingCertificateAuthority authority = open();
    clock.advance(Duration.ofDays(3650));
    assertThatThrownBy(() -> issue(authority))
        .isInstanceOf(CertificateAuthorityException.class)
        .hasMessageContaining("no time left");
    assertThat(warnings).hasSize(1);
  }
}
