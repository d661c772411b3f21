package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.identity.Pem;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.model.spiffe.TrustDomain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} at any moment of a rotation: whatever was handed out stays verifiable. */
class RotationCrashTest {

  private static final TrustDomain TD = new TrustDomain("td");
  private static final int ROUNDS = 3;

  @TempDir Path temporary;

  @Test
  void nothingThatWasIssuedIsLostByAKill() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Process rotating =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Rotating.class.getName(),
                  temporary.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String last = killAfterLines(rotating, 4 + 3 * round);
      RotatingCertificateAuthority authority = open(temporary);
      X509Certificate leaf = Pem.certificate(Base64.getDecoder().decode(last));
      new X509SvidVerifier(authority.trustBundle(), InstantSource.system()).verify(List.of(leaf));
      assertThat(authority.authorities()).isNotEmpty();
    }
  }

  /** Returns the last whole line before the kill. */
  private static String killAfterLines(Process process, int lines) throws Exception {
    String last = "";
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      for (int i = 0; i < lines; i++) {
        last = String.valueOf(out.readLine());
      }
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    return last;
  }

  private static RotatingCertificateAuthority open(Path directory) throws IOException {
    return RotatingCertificateAuthority.builder(directory.resolve("ca"), TD).open();
  }

  /** Issues and rotates for ever; the lines that it prints are what it handed out. */
  static final class Rotating {

    private Rotating() {}

    public static void main(String[] args) throws IOException {
      RotatingCertificateAuthority authority = open(Path.of(args[0]));
      PublicKey key = Csr.ec("secp256r1").getPublic();
      while (true) {
        X509Certificate leaf =
            authority
                .issue(
                    SvidTemplate.builder()
                        .id(TD.workload("demo", "a"))
                        .publicKey(key)
                        .ttl(Duration.ofHours(1))
                        .build())
                .leaf();
        try {
          System.out.println(Base64.getEncoder().encodeToString(leaf.getEncoded()));
        } catch (CertificateEncodingException e) {
          throw new IllegalStateException(e);
        }
        if (authority.authorities().get(0).phase() == AuthorityState.Phase.PREPARED) {
          authority.activate(true);
        } else {
          authority.prepare();
        }
      }
    }
  }
}
