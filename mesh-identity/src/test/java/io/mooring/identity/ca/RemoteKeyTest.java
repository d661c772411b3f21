package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A CA whose private key this process has never seen. */
class RemoteKeyTest {

  private static final TrustDomain TD = new TrustDomain("cluster.local");
  private static final SpiffeId ID = TD.workload("demo", "ratings");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SvidTemplate TEMPLATE =
      SvidTemplate.builder()
          .id(ID)
          .publicKey(Csr.ec("secp256r1").getPublic())
          .ttl(Duration.ofHours(1))
          .build();

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();

  private LocalCertificateAuthority authorityOf(SigningKey key) {
    CaChain chain =
        CaChain.newRoot(
            TD,
            key,
            clock.instant().minusSeconds(1),
            clock.instant().plus(Duration.ofDays(365)),
            RANDOM);
    return new LocalCertificateAuthority(TD, chain, key, clock, RANDOM);
  }

  private void issuesAndMints(SigningKey key) throws Exception {
    LocalCertificateAuthority authority = authorityOf(key);
    X509Svid svid = authority.issue(TEMPLATE);
    assertThat(new X509SvidVerifier(authority.trustBundle(), clock).verify(svid.chain()))
        .isEqualTo(ID);
    assertThat(
            new LocalJwtAuthority(TD, key, clock)
                .mint(JwtSvidTemplate.builder().id(ID).addAudience("db").build())
                .id())
        .isEqualTo(ID);
  }

  @Test
  void keyOfAnotherProcessSignsCertificatesAndTokens() throws Exception {
    try (KeyElsewhere key = new KeyElsewhere()) {
      issuesAndMints(key);
    }
  }

  @Test
  void keyServiceThatIsGoneIssuesNothing() throws Exception {
    KeyElsewhere key = new KeyElsewhere();
    LocalCertificateAuthority authority = authorityOf(key);
    key.close();
    assertThatThrownBy(() -> authority.issue(TEMPLATE))
        .isInstanceOf(CertificateAuthorityException.class);
  }

  @Test
  void keyServiceThatSignsWithAnotherKeyIssuesNothing() throws Exception {
    KeyPair right = Csr.ec("secp256r1");
    KeyPair wrong = Csr.ec("secp256r1");
    SigningKey honest =
        SigningKey.of(right.getPrivate(), right.getPublic(), Cryptography.BOUNCY_CASTLE, RANDOM);
    LocalCertificateAuthority authority =
        new LocalCertificateAuthority(
            TD,
            authorityOf(honest).trustBundle().roots().get(0),
            SigningKey.of(
                wrong.getPrivate(), right.getPublic(), Cryptography.BOUNCY_CASTLE, RANDOM),
            clock,
            RANDOM);
    assertThatThrownBy(() -> authority.issue(TEMPLATE))
        .isInstanceOf(CertificateAuthorityException.class)
        .hasMessageContaining("signature");
  }

  @Test
  void keyServiceWithGarbageForASignatureIssuesNothing() throws Exception {
    KeyPair keys = Csr.ec("secp256r1");
    SigningKey honest =
        SigningKey.of(keys.getPrivate(), keys.getPublic(), Cryptography.BOUNCY_CASTLE, RANDOM);
    for (byte[] garbage : List.of(new byte[0], new byte[64], new byte[100_000])) {
      SigningKey broken =
          new SigningKey() {
            @Override
            public PublicKey publicKey() {
              return honest.publicKey();
            }

            @Override
            public String algorithm() {
              return honest.algorithm();
            }

            @Override
            public byte[] sign(byte[] content) {
              return garbage;
            }
          };
      LocalCertificateAuthority authority =
          new LocalCertificateAuthority(
              TD, authorityOf(honest).trustBundle().roots().get(0), broken, clock, RANDOM);
      assertThatThrownBy(() -> authority.issue(TEMPLATE))
          .isInstanceOf(CertificateAuthorityException.class);
    }
  }

  /** NSS is a PKCS#11 module that many machines have; its private keys are handles. */
  @Test
  void keyOfAPkcs11TokenSignsCertificatesAndTokens() throws Exception {
    Provider token = nss();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", token);
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    issuesAndMints(SigningKey.of(keys.getPrivate(), keys.getPublic(), token, RANDOM));
  }

  private Provider nss() throws Exception {
    for (String directory : List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib")) {
      Provider pkcs11 = Security.getProvider("SunPKCS11");
      if (pkcs11 != null && Files.exists(Path.of(directory, "libsoftokn3.so"))) {
        Path configuration =
            Files.writeString(
                temporary.resolve("nss.cfg"),
                "name=nss\nnssLibraryDirectory=" + directory + "\nnssDbMode=noDb\n");
        try {
          return pkcs11.configure(configuration.toString());
        } catch (ProviderException e) {
          assumeTrue(false, "NSS in " + directory + " cannot be loaded: " + e.getMessage());
        }
      }
    }
    assumeTrue(false, "no PKCS#11 module of NSS on this machine");
    throw new IllegalStateException("assumed above");
  }
}
