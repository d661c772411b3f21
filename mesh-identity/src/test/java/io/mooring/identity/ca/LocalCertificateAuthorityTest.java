package io.mooring.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.storage.InsecurePermissionsException;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCertificateAuthorityTest {

  private static final TrustDomain TD = new TrustDomain("cluster.local");
  private static final SpiffeId ID = TD.workload("demo", "ratings");
  private static final PublicKey KEY = Csr.ec("secp256r1").getPublic();
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();

  private Path directory() {
    return temporary.resolve("ca");
  }

  private LocalCertificateAuthority open() throws IOException {
    return LocalCertificateAuthority.open(directory(), TD, clock, RANDOM);
  }

  private static SvidTemplate template(Duration ttl) {
    return SvidTemplate.builder().id(ID).publicKey(KEY).ttl(ttl).build();
  }

  @Test
  void keyOthersMayReadIsRefused() throws IOException {
    open();
    Files.setPosixFilePermissions(
        directory().resolve("ca-key.pem"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(this::open)
        .isInstanceOf(InsecurePermissionsException.class)
        .hasMessageContaining("ca-key.pem");
  }

  @Test
  void lostKeyIsRefusedInsteadOfReplaced() throws IOException {
    open();
    Files.delete(directory().resolve("ca-key.pem"));
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ca-key.pem is missing");
    assertThat(directory().resolve("ca-key.pem")).doesNotExist();
  }

  @Test
  void keyOfAnotherCertificateIsRefused() throws IOException {
    open();
    LocalCertificateAuthority.open(temporary.resolve("other"), TD, clock, RANDOM);
    byte[] other = Files.readAllBytes(temporary.resolve("other/ca-key.pem"));
    Files.write(directory().resolve("ca-key.pem"), other);
    assertThatThrownBy(this::open)
        .hasMessageContaining("ca-key.pem is not the key of its certificate");
  }

  @Test
  void garbledFilesAreRefusedAndNeverQuoted() throws IOException {
    open();
    String key = Files.readString(directory().resolve("ca-key.pem"));
    String line = key.lines().skip(1).findFirst().orElseThrow();
    Files.writeString(directory().resolve("ca-key.pem"), key.replace("-----END", "=-----END"));
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(stackTrace(e)).doesNotContain(line));
    Files.writeString(directory().resolve("ca-cert.pem"), "hello");
    assertThatThrownBy(this::open).hasMessageContaining("no certificate");
  }

  @Test
  void anotherTrustDomainsCaIsRefused() throws IOException {
    open();
    assertThatThrownBy(
            () ->
                LocalCertificateAuthority.open(
                    directory(), new TrustDomain("other"), clock, RANDOM))
        .hasMessageContaining("spiffe://cluster.local")
        .hasMessageContaining("expected: 'spiffe://other'");
  }

  @Test
  void trustDomainThatJavasTlsCannotReadIsRefusedByName() {
    assertThatThrownBy(
            () ->
                LocalCertificateAuthority.open(directory(), new TrustDomain("td."), clock, RANDOM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'td.'");
    assertThat(directory().resolve("ca-cert.pem")).doesNotExist();
  }

  @Test
  void foreignIdentityIsRefused() throws IOException {
    LocalCertificateAuthority authority = open();
    SvidTemplate foreign =
        SvidTemplate.builder()
            .id(SpiffeId.parse("spiffe://other/ns/a/sa/b"))
            .publicKey(KEY)
            .ttl(Duration.ofHours(1))
            .build();
    assertThatThrownBy(() -> authority.issue(foreign)).hasMessageContaining("cannot sign for");
  }

  @Tag("X5-3")
  @Test
  void identityWithoutPathOrLifetimeHasNoTemplate() {
    assertThatThrownBy(
            () ->
                SvidTemplate.builder()
                    .id(SpiffeId.parse("spiffe://td"))
                    .publicKey(KEY)
                    .ttl(Duration.ofHours(1))
                    .build())
        .hasMessageContaining("with a path");
    assertThatThrownBy(() -> template(Duration.ZERO)).hasMessageContaining("> 0");
  }

  @Test
  void expiredCaSignsNothing() throws IOException {
    LocalCertificateAuthority authority = open();
    clock.advance(Duration.ofDays(3651));
    assertThatThrownBy(() -> authority.issue(template(Duration.ofHours(1))))
        .isInstanceOf(CertificateAuthorityException.class)
        .hasMessageContaining("no time left");
  }

  @Property(tries = 200)
  void noCertificateOutlivesItsIssuer(
      @ForAll @LongRange(min = 0, max = 3_700L * 86_400) long age,
      @ForAll @LongRange(min = 1, max = 4_000L * 86_400) long ttl)
      throws IOException {
    Holder holder = Holder.INSTANCE;
    holder.clock.advance(Duration.between(holder.clock.instant(), FakeClock.START));
    LocalCertificateAuthority authority = holder.authority;
    holder.clock.advance(Duration.ofSeconds(age));
    Instant now = holder.clock.instant();
    Instant end = authority.trustBundle().roots().get(0).getNotAfter().toInstant();
    SvidTemplate template = template(Duration.ofSeconds(ttl));
    if (!end.isAfter(now)) {
      assertThatThrownBy(() -> authority.issue(template))
          .isInstanceOf(CertificateAuthorityException.class);
      return;
    }
    X509Certificate leaf = authority.issue(template).leaf();
    Instant wanted = now.plusSeconds(ttl);
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(wanted.isBefore(end) ? wanted : end);
    assertThat(leaf.getNotBefore().toInstant()).isEqualTo(now.minus(Duration.ofMinutes(2)));
  }

  @Tag("X5-1")
  @Tag("X5-4")
  @Tag("X5-8")
  @Tag("X5-10")
  @Tag("X5-12")
  @Tag("X5-13")
  @Tag("X5-14")
  @Tag("X5-15")
  @Test
  void leafIsAsIstioAndSpiffeWantIt() throws Exception {
    X509Certificate leaf = open().issue(template(Duration.ofHours(24))).leaf();
    assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, ID.toString()));
    assertThat(leaf.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.17", "2.5.29.19");
    assertThat(leaf.getKeyUsage())
        .containsExactly(true, false, true, false, false, false, false, false, false);
    assertThat(leaf.getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
    assertThat(leaf.getVersion()).isEqualTo(3);
  }

  @Test
  void rootIsAnSvidOfItsTrustDomainWithoutAPath() throws Exception {
    X509Certificate root = open().trustBundle().roots().get(0);
    assertThat(root.getSubjectAlternativeNames())
        .containsExactly(List.of(6, "spiffe://cluster.local"));
    assertThat(root.getKeyUsage())
        .containsExactly(false, false, false, false, false, true, true, false, false);
    assertThat(Duration.between(FakeClock.START, root.getNotAfter().toInstant()))
        .isEqualTo(Duration.ofDays(3650));
  }

  @Test
  void serialsAreRandomPositiveAndShort() throws IOException {
    LocalCertificateAuthority authority = open();
    Set<BigInteger> serials = new HashSet<>();
    int bits = 0;
    for (int i = 0; i < 200; i++) {
      BigInteger serial = authority.issue(template(Duration.ofHours(1))).leaf().getSerialNumber();
      assertThat(serial.signum()).isPositive();
      assertThat(serial.toByteArray().length).isLessThanOrEqualTo(20);
      serials.add(serial);
      bits = Math.max(bits, serial.bitLength());
    }
    assertThat(serials).hasSize(200);
    assertThat(bits).isGreaterThan(120);
  }

  @Test
  void serversGetNamesBesideTheirIdentity() throws Exception {
    X509Certificate leaf =
        open()
            .issue(
                SvidTemplate.builder()
                    .from(template(Duration.ofHours(1)))
                    .addDnsNames("mesh.example.org")
                    .addIpAddresses(InetAddress.getByName("10.0.0.1"))
                    .addIpAddresses(InetAddress.getByName("fd00::1"))
                    .build())
            .leaf();
    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactly(
            List.of(6, ID.toString()),
            List.of(2, "mesh.example.org"),
            List.of(7, "10.0.0.1"),
            List.of(7, "fd00:0:0:0:0:0:0:1"));
  }

  @Test
  void caSurvivesARestart() throws Exception {
    LocalCertificateAuthority before = open();
    X509Svid svid = before.issue(template(Duration.ofHours(1)));
    LocalCertificateAuthority after = open();
    assertThat(after.trustBundle()).isEqualTo(before.trustBundle());
    new X509SvidVerifier(after.trustBundle(), clock).verify(svid.chain());
    new X509SvidVerifier(before.trustBundle(), clock)
        .verify(after.issue(template(Duration.ofHours(1))).chain());
    for (String file : List.of("ca-key.pem", "ca-cert.pem")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(directory().resolve(file))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void crashBetweenKeyAndCertificateIsMendedByTheNextStart() throws Exception {
    open();
    Files.delete(directory().resolve("ca-cert.pem"));
    LocalCertificateAuthority mended = open();
    assertThat(open().trustBundle()).isEqualTo(mended.trustBundle());
  }

  @Test
  void textHasNoKey() throws IOException {
    LocalCertificateAuthority authority = open();
    assertThat(authority.toString())
        .isEqualTo("LocalCertificateAuthority[cluster.local, notAfter=2035-12-30T00:00:00Z]");
    KeyPair keys = Csr.ec("secp256r1");
    assertThat(new LocalSigningKey(keys.getPrivate(), keys.getPublic(), RANDOM).toString())
        .isEqualTo("LocalSigningKey[SHA256withECDSA]");
  }

  private static String stackTrace(Throwable e) {
    java.io.StringWriter text = new java.io.StringWriter();
    e.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }

  /** One CA for all tries of a property: making the key is what costs. */
  private static final class Holder {
    static final Holder INSTANCE = new Holder();
    final FakeClock clock = new FakeClock();
    final LocalCertificateAuthority authority;

    private Holder() {
      KeyPair keys = Csr.ec("secp256r1");
      LocalSigningKey key = new LocalSigningKey(keys.getPrivate(), keys.getPublic(), RANDOM);
      X509Certificate root =
          new CertificateSigner(key, RANDOM)
              .root(
                  "spiffe://cluster.local",
                  FakeClock.START.minus(Duration.ofMinutes(2)),
                  FakeClock.START.plus(Duration.ofDays(3650)));
      authority = new LocalCertificateAuthority(TD, root, key, clock, RANDOM);
    }
  }
}
