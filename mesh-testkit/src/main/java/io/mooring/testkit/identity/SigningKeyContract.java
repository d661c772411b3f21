package io.mooring.testkit.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.ca.CaChain;
import io.mooring.identity.ca.JwtSvidTemplate;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.identity.ca.LocalJwtAuthority;
import io.mooring.identity.ca.SigningKey;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.identity.ca.WorkloadKey;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every {@link SigningKey} does. */
public interface SigningKeyContract {

  /** Returns the key under test, the same one throughout a test. */
  SigningKey key() throws Exception;

  private boolean verifies(byte[] content, byte[] signed) throws Exception {
    Signature signature = Signature.getInstance(key().algorithm());
    signature.initVerify(key().publicKey());
    signature.update(content);
    return signature.verify(signed);
  }

  @Test
  default void signaturesVerifyUnderThePublicHalf() throws Exception {
    for (int length : List.of(0, 1, 500, 100_000)) {
      byte[] content = new byte[length];
      byte[] signed = key().sign(content);
      assertThat(verifies(content, signed)).as("%d bytes", length).isTrue();
      assertThat(verifies(new byte[length + 1], signed)).isFalse();
    }
  }

  @Test
  default void publicHalfStaysTheSame() throws Exception {
    PublicKey first = key().publicKey();
    key().sign(new byte[1]);
    assertThat(key().publicKey().getEncoded()).isEqualTo(first.getEncoded());
    assertThat(first.getFormat()).isEqualTo("X.509");
  }

  @Test
  default void manyThreadsSignAtOnce() throws Exception {
    SigningKey key = key();
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      Callable<byte[]> sign = () -> key.sign(new byte[40]);
      for (Future<byte[]> signed : pool.invokeAll(Collections.nCopies(32, sign))) {
        assertThat(verifies(new byte[40], signed.get())).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  default void textHasNoKey() throws Exception {
    assertThat(key().toString()).doesNotContain("BEGIN").doesNotContainPattern("[0-9A-Za-z+/]{40}");
  }

  @Test
  default void caAndTokensCanStandOnIt() throws Exception {
    TrustDomain domain = new TrustDomain("cluster.local");
    SpiffeId id = domain.workload("demo", "ratings");
    FakeClock clock = new FakeClock();
    SecureRandom random = new SecureRandom();
    CaChain chain =
        CaChain.newRoot(
            domain,
            key(),
            clock.instant().minusSeconds(1),
            clock.instant().plus(Duration.ofDays(100)),
            random);
    LocalCertificateAuthority authority =
        new LocalCertificateAuthority(domain, chain, key(), clock, random);
    X509Svid svid =
        authority.issue(
            SvidTemplate.builder()
                .id(id)
                .publicKey(WorkloadKey.generate(random).getPublic())
                .ttl(Duration.ofHours(1))
                .build());
    assertThat(new X509SvidVerifier(authority.trustBundle(), clock).verify(svid.chain()))
        .isEqualTo(id);
    assertThat(
            new LocalJwtAuthority(domain, key(), clock)
                .mint(JwtSvidTemplate.builder().id(id).addAudience("db").build())
                .id())
        .isEqualTo(id);
  }
}
