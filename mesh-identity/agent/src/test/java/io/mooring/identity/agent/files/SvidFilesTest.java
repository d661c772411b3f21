package io.mooring.identity.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.agent.TestIssuer;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.storage.InsecurePermissionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SvidFilesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path parent;

  private final TestIssuer issuer = new TestIssuer(NOW);

  @Test
  void filesOfSomebodyElseAreNotReplaced() throws IOException {
    Path directory = SvidFilesTest.privateDirectory(parent.resolve("certs"));
    Path key = Files.writeString(directory.resolve("key.pem"), "kept");

    assertThatThrownBy(() -> SvidFiles.open(directory)).hasMessageContaining(key.toString());
    assertThat(key).hasContent("kept");
  }

  @Test
  void directoryThatOthersMayEnterIsRefused() throws IOException {
    Path directory =
        Files.createDirectory(
            parent.resolve("certs"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    assertThatThrownBy(() -> SvidFiles.open(directory))
        .isInstanceOf(InsecurePermissionsException.class);
  }

  @Test
  void threeFilesOfOneSvidOnlyForThisUser() throws Exception {
    Path directory = parent.resolve("certs");
    Credentials credentials = credentials();
    SvidFiles.open(directory).write(credentials);

    assertThat(Pem.certificates(Files.readString(directory.resolve("cert-chain.pem"))))
        .isEqualTo(credentials.svid().chain());
    assertThat(Pem.certificates(Files.readString(directory.resolve("root-cert.pem"))))
        .containsExactly(issuer.root());
    assertThat(key(directory)).isEqualTo(credentials.key());
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.filter(file -> !Files.isSymbolicLink(file)).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .as(path.toString())
            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void onlyTheGenerationBeforeStaysAlsoAfterRestarts() throws Exception {
    Path directory = parent.resolve("certs");
    for (int i = 0; i < 5; i++) {
      SvidFiles.open(directory).write(credentials());
    }
    try (Stream<Path> all = Files.list(directory)) {
      assertThat(all.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "..data", "..svid-4", "..svid-5", "cert-chain.pem", "key.pem", "root-cert.pem");
    }
  }

  /** A reader that resolves the link once, as Envoy does, never sees two halves. */
  @Test
  void keyAndChainNeverComeApart() throws Exception {
    Path directory = parent.resolve("certs");
    SvidFiles files = SvidFiles.open(directory);
    List<Credentials> two = List.of(credentials(), credentials());
    files.write(two.get(0));
    AtomicBoolean done = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              for (int i = 1; i <= 40; i++) {
                try {
                  files.write(two.get(i % 2));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }
              done.set(true);
            });
    writer.start();
    while (!done.get()) {
      Path generation = directory.resolve("..data").toRealPath();
      try {
        X509Certificate leaf =
            Pem.certificates(Files.readString(generation.resolve("cert-chain.pem"))).get(0);
        PrivateKey key = key(generation);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        byte[] signed = signature.sign();
        signature.initVerify(leaf);
        assertThat(signature.verify(signed)).isTrue();
      } catch (java.nio.file.NoSuchFileException e) {
        assertThat(Files.exists(generation)).isFalse(); // two generations passed meanwhile
      }
    }
    writer.join();
  }

  private static Path privateDirectory(Path path) throws IOException {
    return Files.createDirectory(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static PrivateKey key(Path directory) throws Exception {
    return KeyFactory.getInstance("EC")
        .generatePrivate(
            new PKCS8EncodedKeySpec(
                Pem.decode("PRIVATE KEY", Files.readString(directory.resolve("key.pem")))));
  }

  private Credentials credentials() {
    KeyPair key = TestIssuer.newKey();
    return new Credentials(
        X509Svid.of(
            List.of(
                issuer.leaf(
                    key.getPublic(), TestIssuer.RATINGS.toString(), NOW, NOW.plusSeconds(600))),
            key.getPrivate()),
        issuer.bundle());
  }
}
