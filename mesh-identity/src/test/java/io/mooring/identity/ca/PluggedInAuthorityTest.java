package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A CA that a company made elsewhere, in Istio's {@code cacerts} layout. */
class PluggedInAuthorityTest {

  private static final TrustDomain TD = new TrustDomain("cluster.local");
  private static final PublicKey KEY = Csr.ec("secp256r1").getPublic();
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path temporary;
  private final FakeClock clock = new FakeClock();
  private final Cacerts cacerts = Cacerts.ec(clock.instant());

  private Path directory() {
    return temporary.resolve("ca");
  }

  private LocalCertificateAuthority open() throws IOException {
    return LocalCertificateAuthority.open(directory(), TD, clock, RANDOM);
  }

  private static SvidTemplate template(Duration ttl) {
    return SvidTemplate.builder().id(TD.workload("demo", "a")).publicKey(KEY).ttl(ttl).build();
  }

  private static X509Svid issue(CertificateAuthority authority) {
    return authority.issue(template(Duration.ofHours(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"})
  void missingFileIsFatalAndNamed(String file) throws IOException {
    Files.delete(cacerts.write(directory()).resolve(file));
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file + " is missing");
    assertThat(directory().resolve(file)).doesNotExist();
  }

  @Test
  @Tag("X5-16")
  void chainEndsAtTheCompanysRoot() throws Exception {
    cacerts.write(directory());
    LocalCertificateAuthority authority = open();
    X509Svid svid = issue(authority);
    assertThat(svid.chain()).hasSize(2).last().isEqualTo(cacerts.intermediate);
    assertThat(authority.trustBundle().roots()).containsExactly(cacerts.root);
    assertThatCode(() -> new X509SvidVerifier(authority.trustBundle(), clock).verify(svid.chain()))
        .doesNotThrowAnyException();
    assertThat(issue(open()).chain()).hasSize(2);
  }

  @Test
  void rootThatDidNotSignIsRefused() throws IOException {
    cacerts.write(directory());
    Cacerts other = Cacerts.ec(clock.instant());
    Files.writeString(directory().resolve("root-cert.pem"), Pem.encode(List.of(other.root)));
    assertThatThrownBy(this::open).hasMessageContaining("expected: by one of the 1 roots");
  }

  @Test
  void keyOthersMayReadIsRefusedAndCertificatesMayBeRead() throws IOException {
    cacerts.write(directory());
    Files.setPosixFilePermissions(
        directory().resolve("ca-cert.pem"), PosixFilePermissions.fromString("rw-r--r--"));
    open();
    Files.setPosixFilePermissions(
        directory().resolve("ca-key.pem"), PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(this::open).hasMessageContaining("ca-key.pem");
  }

  @Test
  @Tag("X5-9")
  void nameConstraintsThatExcludeTheDomainAreFoundAtTheStart() throws IOException {
    cacerts.intermediate = cacerts.mesh("example.org", Duration.ofDays(365), 0);
    cacerts.write(directory());
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("would not be valid");
    cacerts.intermediate = cacerts.mesh("cluster.local", Duration.ofDays(365), 0);
    cacerts.write(directory());
    assertThat(issue(open()).chain()).hasSize(2);
  }

  @Test
  @Tag("X5-9")
  void constructedCaRefusesWhatItsConstraintsExclude() {
    cacerts.intermediate = cacerts.mesh("example.org", Duration.ofDays(365), 0);
    LocalCertificateAuthority authority =
        new LocalCertificateAuthority(
            TD,
            cacerts.chain(),
            new LocalSigningKey(cacerts.keys.getPrivate(), cacerts.keys.getPublic(), RANDOM),
            clock,
            RANDOM);
    assertThatThrownBy(() -> issue(authority))
        .isInstanceOf(CertificateAuthorityException.class)
        .hasMessageContaining("would not be valid");
  }

  @Test
  void leafIsNeverValidLongerThanTheIntermediate() throws IOException {
    cacerts.intermediate = cacerts.mesh("", Duration.ofHours(2), 0);
    cacerts.write(directory());
    LocalCertificateAuthority authority = open();
    assertThat(authority.issue(template(Duration.ofDays(1))).notAfter())
        .isEqualTo(cacerts.intermediate.getNotAfter().toInstant());
    clock.advance(Duration.ofHours(2));
    assertThatThrownBy(() -> issue(authority)).isInstanceOf(CertificateAuthorityException.class);
    assertThatThrownBy(this::open).hasMessageContaining("no time left");
  }

  @Test
  void certificateThatIsNoCasIsRefused() throws IOException {
    cacerts.intermediate = cacerts.mesh("", Duration.ofDays(1), -1);
    cacerts.write(directory());
    assertThatThrownBy(this::open).hasMessageContaining("expected: a CA's, with keyCertSign");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void keysOfOpensslsOwnFormatsAreRead(String algorithm) throws Exception {
    KeyPair keys = algorithm.equals("RSA") ? Cacerts.rsa() : Csr.ec("secp256r1");
    Cacerts company = new Cacerts(Csr.ec("secp256r1"), keys, clock.instant());
    StringWriter pem = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
      writer.writeObject(keys.getPrivate()); // PKCS#1, SEC 1
    }
    assertThat(pem.toString()).startsWith("-----BEGIN " + algorithm + " PRIVATE KEY-----");
    company.write(directory(), pem.toString());
    assertThat(issue(open()).leaf().getSigAlgName())
        .isEqualTo("SHA256with" + (algorithm.equals("RSA") ? "RSA" : "ECDSA"));
  }

  @Test
  void preparedCaMayBePluggedIn() throws Exception {
    RotatingCertificateAuthority authority =
        RotatingCertificateAuthority.builder(directory(), TD).clock(clock).open();
    Path source = cacerts.write(temporary.resolve("cacerts"));
    authority.prepare(source);
    assertThat(authority.trustBundle().roots()).hasSize(2).first().isEqualTo(cacerts.root);
    authority.activate(true);
    assertThat(issue(authority).chain()).hasSize(2).last().isEqualTo(cacerts.intermediate);
    assertThat(source.resolve("ca-key.pem")).exists(); // the operator's own copy
  }

  @Test
  void unusableCaIsNotPrepared() throws Exception {
    RotatingCertificateAuthority authority =
        RotatingCertificateAuthority.builder(directory(), TD).clock(clock).open();
    cacerts.intermediate = cacerts.mesh("example.org", Duration.ofDays(365), 0);
    Path source = cacerts.write(temporary.resolve("cacerts"));
    assertThatThrownBy(() -> authority.prepare(source)).isInstanceOf(IOException.class);
    assertThat(authority.authorities()).hasSize(1);
    assertThat(directory().resolve("ca-2")).doesNotExist();
  }

  /** As a key service is: the key signs, and nobody sees it. */
  private static final class OpaqueKey implements SigningKey {
    private final KeyPair keys;
    int signatures;

    OpaqueKey(KeyPair keys) {
      this.keys = keys;
    }

    @Override
    public PublicKey publicKey() {
      return keys.getPublic();
    }

    @Override
    public String algorithm() {
      return "SHA384withECDSA";
    }

    @Override
    public byte[] sign(byte[] content) {
      signatures++;
      try {
        Signature signature = Signature.getInstance(algorithm());
        signature.initSign(keys.getPrivate());
        signature.update(content);
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new CertificateAuthorityException("key service is out of reach", e);
      }
    }
  }

  @Test
  void keyThatIsNeverRevealedSignsCertificatesAndTokens() throws Exception {
    OpaqueKey key = new OpaqueKey(cacerts.keys);
    LocalCertificateAuthority x509 =
        new LocalCertificateAuthority(TD, cacerts.chain(), key, clock, RANDOM);
    new X509SvidVerifier(x509.trustBundle(), clock).verify(issue(x509).chain());
    LocalJwtAuthority jwt = new LocalJwtAuthority(TD, key, clock);
    assertThat(
            jwt.mint(
                    JwtSvidTemplate.builder()
                        .id(TD.workload("demo", "a"))
                        .addAudience("db")
                        .build())
                .keyId())
        .contains(jwt.keys().keySet().iterator().next());
    assertThat(key.signatures).isEqualTo(2);
  }

  @Test
  void keyServiceThatFailsOrLiesIssuesNothing() {
    SigningKey liar =
        new SigningKey() {
          @Override
          public PublicKey publicKey() {
            return cacerts.keys.getPublic();
          }

          @Override
          public String algorithm() {
            return "SHA384withECDSA";
          }

          @Override
          public byte[] sign(byte[] content) {
            return new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1};
          }
        };
    LocalCertificateAuthority x509 =
        new LocalCertificateAuthority(TD, cacerts.chain(), liar, clock, RANDOM);
    assertThatThrownBy(() -> issue(x509)).isInstanceOf(CertificateAuthorityException.class);
    LocalJwtAuthority jwt = new LocalJwtAuthority(TD, liar, clock);
    assertThatThrownBy(
            () ->
                jwt.mint(
                    JwtSvidTemplate.builder()
                        .id(TD.workload("demo", "a"))
                        .addAudience("db")
                        .build()))
        .isInstanceOf(CertificateAuthorityException.class);
  }
}
