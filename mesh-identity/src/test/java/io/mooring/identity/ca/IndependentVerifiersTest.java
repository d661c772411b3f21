package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
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
