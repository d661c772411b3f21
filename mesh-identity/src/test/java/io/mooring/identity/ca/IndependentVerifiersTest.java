package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.identity.Pem;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL and Go judge what the CA issues, where they are installed. */
class IndependentVerifiersTest {

  private static final TrustDomain TD = new TrustDomain("cluster.local");
  private static final SpiffeId ID = TD.workload("demo", "ratings");

  @TempDir Path temporary;

  private RotatingCertificateAuthority open() throws IOException {
    return RotatingCertificateAuthority.builder(temporary.resolve("ca"), TD).open();
  }

  private static X509Svid issue(CertificateAuthority authority, KeyPair keys) {
    return authority.issue(
        SvidTemplate.builder()
            .id(ID)
            .publicKey(keys.getPublic())
            .ttl(Duration.ofHours(1))
            .addDnsNames("mesh.example.org")
            .build());
  }

  private RotatingCertificateAuthority pluggedIn() throws IOException {
    Cacerts.ec(Instant.now()).write(temporary.resolve("ca"));
    return open();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void opensslAcceptsSelfSignedAndPluggedInChains(String kind) throws Exception {
    assumeTrue(onPath("openssl"), "no openssl on the PATH");
    KeyPair keys = kind.equals("RSA") ? Cacerts.rsa() : Csr.ec("secp384r1");
    RotatingCertificateAuthority authority = kind.equals("RSA") ? pluggedIn() : open();
    X509Svid svid = issue(authority, keys);
    Files.writeString(temporary.resolve("roots.pem"), authority.trustBundle().toPem());
    Files.writeString(temporary.resolve("leaf.pem"), Pem.encode(List.of(svid.leaf())));
    Files.writeString(temporary.resolve("chain.pem"), Pem.encode(svid.chain()));
    for (String purpose : List.of("sslserver", "sslclient")) {
      assertThat(
              run(
                  "openssl",
                  "verify",
                  "-x509_strict",
                  "-purpose",
                  purpose,
                  "-CAfile",
                  "roots.pem",
                  "-untrusted",
                  "chain.pem",
                  "leaf.pem"))
          .isEqualTo("leaf.pem: OK\n");
    }
  }

  @Test
  void opensslRefusesWhatARetiredRootSigned() throws Exception {
    assumeTrue(onPath("openssl"), "no openssl on the PATH");
    RotatingCertificateAuthority authority = open();
    X509Svid svid = issue(authority, Csr.ec("secp256r1"));
    authority.prepare();
    authority.activate(true);
    authority.retire(true);
    Files.writeString(temporary.resolve("roots.pem"), authority.trustBundle().toPem());
    Files.writeString(temporary.resolve("leaf.pem"), Pem.encode(svid.chain()));
    assertThat(run("openssl", "verify", "-CAfile", "roots.pem", "leaf.pem")).contains("error 20");
  }

  /** Writes what {@code openssl verify} needs, and returns what it says of the leaf. */
  private String verdict(List<X509Certificate> roots, List<X509Certificate> chain)
      throws Exception {
    Files.writeString(temporary.resolve("roots.pem"), Pem.encode(roots));
    Files.writeString(temporary.resolve("leaf.pem"), Pem.encode(chain.subList(0, 1)));
    Files.writeString(temporary.resolve("chain.pem"), Pem.encode(chain));
    return run("openssl", "verify", "-CAfile", "roots.pem", "-untrusted", "chain.pem", "leaf.pem");
  }

  private X509SvidVerifier verifier(List<X509Certificate> roots, TrustDomain domain) {
    return new X509SvidVerifier(new TrustBundle(domain, roots), InstantSource.system());
  }

  @Test
  void opensslAndWeAgreeOnANameConstrainedCa() throws Exception {
    assumeTrue(onPath("openssl"), "no openssl on the PATH");
    Cacerts pki = Cacerts.ec(Instant.now());
    pki.intermediate = pki.mesh("cluster.local", Duration.ofDays(365), 0);
    SigningKey key =
        SigningKey.of(
            pki.keys.getPrivate(),
            pki.keys.getPublic(),
            Cryptography.BOUNCY_CASTLE,
            new SecureRandom());
    X509Svid inside =
        issue(
            new LocalCertificateAuthority(
                TD, pki.chain(), key, InstantSource.system(), new SecureRandom()),
            Csr.ec("secp256r1"));
    assertThat(verdict(List.of(pki.root), inside.chain())).isEqualTo("leaf.pem: OK\n");
    TrustDomain other = new TrustDomain("other.local");
    X509Certificate outside =
        new CertificateSigner(key, new SecureRandom())
            .leaf(
                SvidTemplate.builder()
                    .id(other.workload("demo", "ratings"))
                    .publicKey(Csr.ec("secp256r1").getPublic())
                    .ttl(Duration.ofHours(1))
                    .build(),
                pki.intermediate,
                Instant.now().minusSeconds(60),
                Instant.now().plusSeconds(600));
    List<X509Certificate> chain = List.of(outside, pki.intermediate);
    assertThat(verdict(List.of(pki.root), chain)).contains("permitted subtree violation");
    assertThatThrownBy(() -> verifier(List.of(pki.root), other).verify(chain))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void opensslAcceptsOldAndNewLeavesWhileARotationIsOnItsWay() throws Exception {
    assumeTrue(onPath("openssl"), "no openssl on the PATH");
    RotatingCertificateAuthority authority = open();
    X509Svid before = issue(authority, Csr.ec("secp256r1"));
    authority.prepare();
    authority.activate(true);
    List<X509Certificate> roots = authority.trustBundle().roots();
    assertThat(roots).hasSize(2);
    assertThat(verdict(roots, before.chain())).isEqualTo("leaf.pem: OK\n");
    assertThat(verdict(roots, issue(authority, Cacerts.rsa()).chain())).isEqualTo("leaf.pem: OK\n");
  }

  @Test
  void opensslAndWeRefuseAForeignRootAndAChangedByte() throws Exception {
    assumeTrue(onPath("openssl"), "no openssl on the PATH");
    RotatingCertificateAuthority authority = open();
    X509Svid svid = issue(authority, Csr.ec("secp256r1"));
    List<X509Certificate> foreign =
        RotatingCertificateAuthority.builder(temporary.resolve("other"), TD)
            .open()
            .trustBundle()
            .roots();
    assertThat(verdict(foreign, svid.chain())).contains("error 20");
    assertThatThrownBy(() -> verifier(foreign, TD).verify(svid.chain()))
        .isInstanceOf(CertificateException.class);
    byte[] der = svid.leaf().getEncoded();
    der[der.length - 1] ^= 1; // in the signature
    List<X509Certificate> changed = List.of(Pem.certificate(der));
    List<X509Certificate> roots = authority.trustBundle().roots();
    assertThat(verdict(roots, changed)).contains("certificate signature failure");
    assertThatThrownBy(() -> verifier(roots, TD).verify(changed))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void opensslReadsWhatWasMeant() throws Exception {
    assumeTrue(onPath("openssl"), "no openssl on the PATH");
    X509Svid svid = issue(open(), Csr.ec("secp256r1"));
    Files.writeString(temporary.resolve("leaf.pem"), Pem.encode(List.of(svid.leaf())));
    assertThat(run("openssl", "x509", "-in", "leaf.pem", "-noout", "-text").replaceAll(" +", " "))
        .contains("Version: 3 (0x2)")
        .contains("Signature Algorithm: ecdsa-with-SHA256")
        .contains("X509v3 Basic Constraints: critical\n CA:FALSE\n")
        .contains("X509v3 Key Usage: critical\n Digital Signature, Key Encipherment\n")
        .contains("TLS Web Server Authentication, TLS Web Client Authentication\n")
        .contains("X509v3 Subject Alternative Name: critical\n URI:" + ID)
        .contains("DNS:mesh.example.org")
        .contains("X509v3 Authority Key Identifier")
        .contains("X509v3 Subject Key Identifier");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void goAcceptsChainsAndTokensByThePublishedBundle(boolean pluggedIn) throws Exception {
    assumeTrue(onPath("go"), "no go on the PATH");
    RotatingCertificateAuthority authority = pluggedIn ? pluggedIn() : open();
    authority.prepare(); // a bundle of several roots and keys
    Files.writeString(temporary.resolve("bundle.json"), authority.trustBundle().toJson());
    Files.writeString(
        temporary.resolve("chain.pem"), Pem.encode(issue(authority, Csr.ec("secp256r1")).chain()));
    Files.writeString(
        temporary.resolve("token.jwt"),
        authority.mint(JwtSvidTemplate.builder().id(ID).addAudience("db").build()).reveal());
    try (InputStream program = getClass().getResourceAsStream("verify.go.txt")) {
      Files.write(temporary.resolve("verify.go"), program.readAllBytes());
    }
    assertThat(run("go", "run", "verify.go")).isEqualTo("x509 " + ID + "\njwt " + ID + "\n");
  }

  private String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(temporary.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
