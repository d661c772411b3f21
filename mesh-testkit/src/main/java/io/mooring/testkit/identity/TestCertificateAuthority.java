package io.mooring.testkit.identity;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.identity.ca.WorkloadKey;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The real CA with a fixed key and the clock of a test. Thread-safe; without files.
 *
 * <p>Its root is the same in every run and process, so that tests may compare bytes of it; anybody
 * can sign with it, so that nothing but a test may trust it. It is valid from 2025-12-31 to
 * 2035-12-30.
 */
public final class TestCertificateAuthority implements CertificateAuthority {

  /** The domain that it signs for. */
  public static final TrustDomain TRUST_DOMAIN = new TrustDomain("cluster.local");

  private final SecureRandom random = new SecureRandom();
  private final LocalCertificateAuthority authority;

  /** Creates a CA that takes its time from {@code clock}. */
  public TestCertificateAuthority(InstantSource clock) {
    KnownKey key = new KnownKey();
    this.authority = new LocalCertificateAuthority(TRUST_DOMAIN, key.root(), key, clock, random);
  }

  @Override
  public TrustBundle trustBundle() {
    return authority.trustBundle();
  }

  @Override
  public X509Svid issue(SvidTemplate template) {
    return authority.issue(template);
  }

  /** Returns an SVID with a new P-256 key of its own. */
  public X509Svid svid(SpiffeId id, Duration ttl) {
    KeyPair keys = WorkloadKey.generate(random);
    X509Svid svid =
        issue(SvidTemplate.builder().id(id).publicKey(keys.getPublic()).ttl(ttl).build());
    return X509Svid.of(svid.chain(), keys.getPrivate());
  }
}
