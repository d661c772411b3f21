package io.mooring.testkit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.CertificateAuthorityException;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.identity.ca.WorkloadKey;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.testkit.FakeClock;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every {@link CertificateAuthority} does. */
public interface CertificateAuthorityContract {

  /** Returns the CA under test, the same one throughout a test. */
  CertificateAuthority authority() throws Exception;

  /** Returns the time of the CA under test. */
  FakeClock clock();

  private SvidTemplate.Builder template() throws Exception {
    return SvidTemplate.builder()
        .id(authority().trustBundle().trustDomain().workload("demo", "ratings"))
        .publicKey(WorkloadKey.generate(new SecureRandom()).getPublic())
        .ttl(Duration.ofHours(1));
  }

  private SpiffeId verified(X509Svid svid) throws Exception {
    return new X509SvidVerifier(authority().trustBundle(), clock()).verify(svid.chain());
  }

  @Test
  default void itsRootsVouchForWhatItIssues() throws Exception {
    SvidTemplate template = template().build();
    X509Svid svid = authority().issue(template);
    assertThat(verified(svid)).isEqualTo(template.id()).isEqualTo(svid.id());
    assertThat(svid.privateKey()).isEmpty();
    assertThat(svid.chain()).doesNotContainAnyElementsOf(authority().trustBundle().roots());
  }

  @Test
  default void leafIsWhatSpiffeSaysALeafIs() throws Exception {
    X509Certificate leaf = authority().issue(template().build()).leaf();
    assertThat(leaf.getBasicConstraints()).isNegative(); // X509-SVID 4.1
    assertThat(leaf.getKeyUsage()).startsWith(true, false, true).endsWith(false, false, false);
    assertThat(leaf.getCriticalExtensionOIDs()).contains("2.5.29.15", "2.5.29.17");
    assertThat(leaf.getExtendedKeyUsage()) // X509-SVID 4.4: both or none
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getSubjectAlternativeNames()).hasSize(1);
  }

  @Test
  default void serverGetsItsNamesBesideTheIdentity() throws Exception {
    X509Certificate leaf =
        authority()
            .issue(
                template()
                    .addDnsNames("mesh.example.org")
                    .addIpAddresses(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))
                    .build())
            .leaf();
    assertThat(leaf.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .contains("mesh.example.org", "127.0.0.1")
        .hasSize(3);
  }

  @Test
  default void keysOfOtherKindsAreCertified() throws Exception {
    for (String kind : List.of("EC", "RSA")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
      generator.initialize(kind.equals("EC") ? 384 : 2048);
      PublicKey key = generator.generateKeyPair().getPublic();
      X509Svid svid = authority().issue(template().publicKey(key).build());
      assertThat(svid.leaf().getPublicKey()).isEqualTo(key);
      verified(svid);
    }
  }

  @Test
  default void foreignTrustDomainIsRefused() throws Exception {
    SvidTemplate foreign = template().id(SpiffeId.parse("spiffe://not.ours/w")).build();
    assertThatThrownBy(() -> authority().issue(foreign))
        .isInstanceOf(CertificateAuthorityException.class)
        .hasMessageContaining("not.ours");
  }

  @Test
  default void certificateLivesAsLongAsWantedAndFromBeforeNow() throws Exception {
    X509Svid svid = authority().issue(template().build());
    Instant now = clock().instant();
    assertThat(svid.leaf().getNotBefore().toInstant()).isBefore(now);
    assertThat(svid.notAfter())
        .isBetween(now.plus(Duration.ofMinutes(59)), now.plus(Duration.ofHours(1)));
    clock().advance(Duration.ofSeconds(3601));
    assertThatThrownBy(() -> verified(svid)).isInstanceOf(CertificateException.class);
  }

  @Test
  default void nothingOutlivesItsIssuer() throws Exception {
    X509Svid svid = authority().issue(template().ttl(Duration.ofDays(36_500)).build());
    assertThat(authority().trustBundle().roots())
        .anyMatch(root -> !root.getNotAfter().toInstant().isBefore(svid.notAfter()));
    clock().advance(Duration.between(clock().instant(), svid.notAfter()));
    SvidTemplate late = template().build();
    assertThatThrownBy(() -> authority().issue(late))
        .isInstanceOf(CertificateAuthorityException.class);
  }

  @Test
  default void serialNumbersOfManyThreadsAreRandomAndDifferent() throws Exception {
    CertificateAuthority authority = authority();
    SvidTemplate template = template().build();
    ExecutorService pool = Executors.newFixedThreadPool(8);
    Set<BigInteger> serials = new HashSet<>();
    try {
      Callable<X509Svid> issue = () -> authority.issue(template);
      for (Future<X509Svid> svid : pool.invokeAll(Collections.nCopies(64, issue))) {
        verified(svid.get());
        BigInteger serial = svid.get().leaf().getSerialNumber();
        assertThat(serial).isPositive();
        assertThat(serial.toByteArray()).hasSizeLessThanOrEqualTo(20); // RFC 5280 4.1.2.2
        assertThat(serials.add(serial)).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(serials).anyMatch(serial -> serial.bitLength() > 100);
  }

  @Test
  default void bundleIsTheSameWhileNothingChanges() throws Exception {
    assertThat(authority().trustBundle()).isEqualTo(authority().trustBundle());
    assertThat(authority().trustBundle().roots()).isNotEmpty();
    assertThat(authority().toString()).doesNotContain("PRIVATE");
  }
}
