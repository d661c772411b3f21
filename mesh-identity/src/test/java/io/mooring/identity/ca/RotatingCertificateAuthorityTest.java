package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.BadInput;
import io.mooring.identity.BundleSet;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.JwtSvidVerifier;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.ca.AuthorityState.Phase;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingCertificateAuthorityTest {

  private static final TrustDomain TD = new TrustDomain("cluster.local");
  private static final SpiffeId ID = TD.workload("demo", "ratings");
  private static final PublicKey KEY = Csr.ec("secp256r1").getPublic();
  private static final Duration TTL = Duration.ofHours(1);

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();

  private RotatingCertificateAuthority open() throws IOException {
    return RotatingCertificateAuthority.builder(temporary.resolve("ca"), TD)
        .clock(clock)
        .publishAhead(TTL)
        .open();
  }

  private static X509Svid issue(CertificateAuthority authority) {
    return authority.issue(SvidTemplate.builder().id(ID).publicKey(KEY).ttl(TTL).build());
  }

  private static JwtSvid mint(JwtAuthority authority) {
    return authority.mint(JwtSvidTemplate.builder().id(ID).addAudience("db").build());
  }

  private boolean verifies(TrustBundle bundle, X509Svid svid) {
    try {
      new X509SvidVerifier(bundle, clock).verify(svid.chain());
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private List<String> files() throws IOException {
    try (var files = Files.walk(temporary.resolve("ca"))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> temporary.resolve("ca").relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  @Tag("FE-2")
  @BadInput(47)
  void caThatIsNotPublishedLongEnoughDoesNotSign() throws IOException {
    RotatingCertificateAuthority authority = open();
    authority.prepare();
    clock.advance(TTL.minusSeconds(1));
    assertThatThrownBy(() -> authority.activate(false))
        .isInstanceOf(RotationRefusedException.class)
        .hasMessageContaining("2026-01-01T00:00:00Z")
        .hasMessageContaining("2026-01-01T01:00:00Z");
    assertThat(authority.activatableAt()).contains(FakeClock.START.plus(TTL));
    assertThat(issue(authority).leaf().getIssuerX500Principal())
        .isEqualTo(authority.trustBundle().roots().get(1).getSubjectX500Principal());
  }

  @Test
  void stepsWithoutTheirCaAreRefused() throws IOException {
    RotatingCertificateAuthority authority = open();
    assertThatThrownBy(() -> authority.activate(true)).hasMessageContaining("prepare first");
    assertThatThrownBy(() -> authority.retire(true)).hasMessageContaining("no CA is old");
    authority.prepare();
    assertThatThrownBy(authority::prepare).hasMessageContaining("is prepared already");
    assertThat(authority.authorities()).hasSize(2);
  }

  @Test
  @Tag("FE-1")
  @Tag("FE-2")
  @Tag("FE-3")
  @Tag("BU-3")
  void rotationCutsNobodyOff() throws IOException {
    RotatingCertificateAuthority authority = open();
    TrustBundle before = authority.trustBundle();
    X509Svid first = issue(authority);
    JwtSvid firstToken = mint(authority);

    authority.prepare();
    TrustBundle published = authority.trustBundle();
    assertThat(published.roots()).hasSize(2).containsAll(before.roots());
    assertThat(published.jwtKeys()).hasSize(2).containsAllEntriesOf(before.jwtKeys());
    assertThat(published.sequence()).contains(BigInteger.TWO);
    X509Svid second = issue(authority);
    assertThat(verifies(before, second)).isTrue(); // peers that were not told are not cut off

    clock.advance(TTL);
    authority.activate(false);
    assertThat(authority.trustBundle()).isEqualTo(published); // the keys are the same
    X509Svid third = issue(authority);
    assertThat(verifies(before, third)).isFalse();
    assertThat(verifies(published, third)).isTrue();
    assertThatThrownBy(() -> authority.retire(false))
        .isInstanceOf(RotationRefusedException.class)
        .hasMessageContaining("valid until");

    clock.advance(Duration.ofMinutes(30));
    X509Svid late = issue(authority);
    clock.advance(TTL);
    authority.retire(false);
    assertThat(authority.trustBundle().roots())
        .hasSize(1)
        .doesNotContainAnyElementsOf(before.roots());
    assertThat(authority.trustBundle().sequence()).contains(BigInteger.valueOf(3));
    assertThat(verifies(authority.trustBundle(), issue(authority))).isTrue();
    assertThat(late.id()).isEqualTo(first.id());
    BundleSet bundles = BundleSet.of(authority.trustBundle());
    assertThatThrownBy(
            () -> new JwtSvidVerifier(() -> bundles, clock).verify(firstToken.reveal(), "db"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Tag("FE-3")
  void oldRootStaysUntilTheLastCertificateUnderItHasExpired() throws IOException {
    RotatingCertificateAuthority authority = open();
    authority.prepare();
    clock.advance(TTL);
    X509Svid last = issue(authority);
    authority.activate(false);
    for (Instant now = clock.instant();
        now.isBefore(last.notAfter());
        clock.advance(Duration.ofMinutes(5)), now = clock.instant()) {
      assertThatThrownBy(() -> authority.retire(false))
          .isInstanceOf(RotationRefusedException.class);
      assertThat(verifies(authority.trustBundle(), last)).isTrue();
    }
  }

  @Test
  void tokenOfTheOldKeyStaysValidUntilItExpires() throws IOException {
    RotatingCertificateAuthority authority = open();
    authority.prepare();
    clock.advance(TTL);
    JwtSvid token = mint(authority);
    authority.activate(false);
    assertThat(mint(authority).keyId()).isNotEqualTo(token.keyId());
    new JwtSvidVerifier(() -> BundleSet.of(authority.trustBundle()), clock)
        .verify(token.reveal(), "db");
    assertThatThrownBy(() -> authority.retire(false)).isInstanceOf(RotationRefusedException.class);
  }

  @Test
  @BadInput(48)
  void keyThatSignsNoMoreIsDestroyed() throws IOException {
    RotatingCertificateAuthority authority = open();
    authority.prepare();
    assertThat(files()).contains("ca-key.pem", "jwt-key.pem", "ca-2/ca-key.pem");
    authority.activate(true);
    assertThat(files())
        .doesNotContain("ca-key.pem", "jwt-key.pem")
        .contains("ca-cert.pem", "ca-2/ca-key.pem", "ca-2/jwt-key.pem");
    authority.retire(true);
    assertThat(files())
        .containsExactly(
            "authorities.json",
            "ca-2/ca-cert.pem",
            "ca-2/ca-key.pem",
            "ca-2/jwt-key.pem",
            "ca-2/jwt-public.pem");
  }

  @Test
  @BadInput(48)
  void forcedRetirementRevokesAtOnce() throws IOException {
    RotatingCertificateAuthority authority = open();
    X509Svid leaked = issue(authority);
    authority.prepare();
    authority.activate(true);
    authority.retire(true);
    assertThat(verifies(authority.trustBundle(), leaked)).isFalse();
    assertThat(authority.authorities()).hasSize(1);
  }

  @Test
  void everyPhaseSurvivesARestart() throws IOException {
    RotatingCertificateAuthority authority = open();
    X509Svid first = issue(authority);
    for (int round = 0; round < 2; round++) {
      authority.prepare();
      authority = reopened(authority);
      clock.advance(TTL);
      authority.activate(false);
      authority = reopened(authority);
      issue(authority);
    }
    assertThat(authority.authorities())
        .extracting(AuthorityState::phase)
        .containsExactly(Phase.ACTIVE, Phase.OLD, Phase.OLD);
    clock.advance(Duration.ofHours(2));
    authority.retire(false);
    authority = reopened(authority);
    assertThat(authority.trustBundle().roots()).hasSize(1);
    assertThat(verifies(authority.trustBundle(), first)).isFalse();
    authority.prepare();
    authority.activate(true);
    assertThat(reopened(authority).authorities()).hasSize(2);
  }

  private RotatingCertificateAuthority reopened(RotatingCertificateAuthority authority)
      throws IOException {
    RotatingCertificateAuthority again = open();
    assertThat(again.trustBundle()).isEqualTo(authority.trustBundle());
    assertThat(again.authorities()).isEqualTo(authority.authorities());
    assertThat(verifies(authority.trustBundle(), issue(again))).isTrue();
    return again;
  }

  @Test
  void dataDirectoryFromBeforeRotationsIsTakenOver() throws IOException {
    LocalCertificateAuthority before =
        LocalCertificateAuthority.open(temporary.resolve("ca"), TD, clock, new SecureRandom());
    X509Svid svid = issue(before);
    assertThat(verifies(open().trustBundle(), svid)).isTrue();
  }

  @Test
  void caThatACrashLeftUnpublishedIsRemoved() throws IOException {
    TrustBundle before = open().trustBundle();
    LocalCertificateAuthority.open(temporary.resolve("ca/ca-7"), TD, clock, new SecureRandom());
    assertThat(open().trustBundle()).isEqualTo(before);
    assertThat(temporary.resolve("ca/ca-7")).doesNotExist();
  }

  @Test
  void damagedOrLostFilesAreNamedAndNothingIsReplaced() throws IOException {
    RotatingCertificateAuthority authority = open();
    authority.prepare();
    Path key = temporary.resolve("ca/ca-2/ca-key.pem");
    byte[] kept = Files.readAllBytes(key);
    Files.delete(key);
    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("ca-2");
    Files.write(key, kept);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    open();
    Files.delete(temporary.resolve("ca/jwt-key.pem"));
    assertThatThrownBy(this::open).hasMessageContaining("jwt-key.pem is missing");
    Files.writeString(temporary.resolve("ca/authorities.json"), "{\"sequence\":1}");
    assertThatThrownBy(this::open).hasMessageContaining("authorities.json is damaged");
  }

  @Test
  void journalThatCannotBeWrittenStopsIssuing() throws IOException {
    RotatingCertificateAuthority authority = open();
    Files.delete(temporary.resolve("ca/authorities.json"));
    Files.createDirectories(temporary.resolve("ca/authorities.json/full"));
    assertThatThrownBy(() -> issue(authority))
        .isInstanceOf(CertificateAuthorityException.class)
        .hasMessageContaining("nothing is issued");
    assertThatThrownBy(() -> mint(authority)).isInstanceOf(CertificateAuthorityException.class);
  }

  @Test
  void listenersHearOfEachNewBundleOnce() throws IOException {
    RotatingCertificateAuthority authority = open();
    List<Optional<BigInteger>> heard = new ArrayList<>();
    Runnable end = authority.addListener(bundle -> heard.add(bundle.sequence()));
    issue(authority);
    authority.prepare();
    authority.activate(true);
    authority.retire(true);
    end.run();
    authority.prepare();
    assertThat(heard)
        .containsExactly(Optional.of(BigInteger.TWO), Optional.of(BigInteger.valueOf(3)));
  }

  @Test
  void taskBeforeAnActivationIsSignedForByTheOldCaAndNotRunForNothing() throws IOException {
    RotatingCertificateAuthority authority = open();
    TrustBundle old = authority.trustBundle();
    List<X509Svid> issued = new ArrayList<>();
    authority.beforeActivation(() -> issued.add(issue(authority)));
    assertThatThrownBy(() -> authority.activate(true)).hasMessageContaining("prepare first");
    authority.prepare();
    assertThatThrownBy(() -> authority.activate(false)).hasMessageContaining("every peer knows");
    assertThat(issued).isEmpty();
    authority.activate(true);
    assertThat(issued).singleElement().matches(svid -> verifies(old, svid));
    assertThat(verifies(old, issue(authority))).isFalse();
  }

  @Test
  void keysAreEncryptedWithThePassword() throws IOException {
    RotatingCertificateAuthority.Builder builder =
        RotatingCertificateAuthority.builder(temporary.resolve("ca"), TD).clock(clock);
    TrustBundle bundle = builder.keyPassword("hunter2".toCharArray()).open().trustBundle();
    assertThat(Files.readString(temporary.resolve("ca/ca-key.pem"), StandardCharsets.US_ASCII))
        .startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    assertThat(Files.readString(temporary.resolve("ca/jwt-key.pem"))).contains("ENCRYPTED");
    assertThat(builder.open().trustBundle()).isEqualTo(bundle);
    assertThatThrownBy(() -> builder.keyPassword("hunter3".toCharArray()).open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ca-key.pem cannot be decrypted")
        .message()
        .doesNotContain("hunter");
    assertThatThrownBy(this::open).hasMessageContaining("ca-key.pem is encrypted");
  }

  @Test
  void nothingIsLostWhileThreadsIssueThroughARotation() throws Exception {
    RotatingCertificateAuthority authority = open();
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<List<X509Svid>> issuing =
          () -> {
            List<X509Svid> issued = new ArrayList<>();
            while (!done.get()) {
              issued.add(issue(authority));
            }
            return issued;
          };
      List<Future<List<X509Svid>>> running = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        running.add(threads.submit(issuing));
      }
      for (int round = 0; round < 5; round++) {
        authority.prepare();
        authority.activate(true);
      }
      done.set(true);
      for (Future<List<X509Svid>> issued : running) {
        for (X509Svid svid : issued.get()) {
          assertThat(verifies(authority.trustBundle(), svid)).isTrue();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void textHasNoKeyOrPassword() throws IOException {
    RotatingCertificateAuthority authority = open();
    assertThat(authority.toString())
        .startsWith("RotatingCertificateAuthority[cluster.local, [AuthorityState[name=ca-1");
    assertThat(
            new KeyFiles("hunter2".toCharArray(), new SecureRandom(), Cryptography.DEFAULT)
                .toString())
        .isEqualTo("KeyFiles[encrypted=true]");
  }

  @Test
  @Tag("ID-13")
  @Tag("ID-14")
  @Tag("X5-5")
  @Tag("X5-6")
  @Tag("X5-8")
  @Tag("X5-11")
  void eachRootIsASigningSvidOfItsTrustDomain() throws Exception {
    RotatingCertificateAuthority authority = open();
    authority.prepare();
    for (X509Certificate root : authority.trustBundle().roots()) {
      assertThat(root.getSubjectAlternativeNames())
          .extracting(name -> String.valueOf(name.get(1)))
          .containsExactly("spiffe://cluster.local");
      assertThat(root.getBasicConstraints()).isNotNegative();
      assertThat(root.getKeyUsage()[5]).isTrue();
      assertThat(root.getCriticalExtensionOIDs()).contains("2.5.29.15", "2.5.29.19");
    }
  }
}
