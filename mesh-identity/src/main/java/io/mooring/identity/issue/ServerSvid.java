package io.mooring.identity.issue;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.IpLiteral;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.CertificateAuthorityException;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.identity.ca.WorkloadKey;
import io.mooring.model.spiffe.SpiffeId;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane's own certificate: its SPIFFE ID, and as further names the hosts at which it is
 * found. Thread-safe.
 *
 * <p>It renews itself when it is asked for after half of its life, or after its root has gone: ask
 * for it at every connection.
 */
public final class ServerSvid {

  private static final Logger LOG = LoggerFactory.getLogger(ServerSvid.class);

  private final CertificateAuthority authority;
  private final SpiffeId id;
  private final List<String> hosts;
  private final Duration ttl;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Object renewal = new Object();
  private volatile Issued issued;

  /** With the root above it, where one of the bundle is. */
  private record Issued(X509Svid svid, Instant renewAt, Optional<X509Certificate> root) {}

  /**
   * Issues the first certificate.
   *
   * @param authority signs
   * @param id the control plane's identity
   * @param hosts DNS names and IP literals, e.g. of {@code --listen} and {@code --advertise}
   * @param lifetimes how long certificates live
   * @param clock the time
   * @param random makes keys
   * @throws CertificateAuthorityException if the CA cannot sign
   */
  public ServerSvid(
      CertificateAuthority authority,
      SpiffeId id,
      List<String> hosts,
      LifetimePolicy lifetimes,
      InstantSource clock,
      SecureRandom random) {
    this.authority = requireNonNull(authority, "authority");
    this.id = requireNonNull(id, "id");
    this.hosts = hosts.stream().distinct().sorted().toList();
    this.ttl = lifetimes.standard();
    this.clock = requireNonNull(clock, "clock");
    this.random = requireNonNull(random, "random");
    this.issued = issue(2);
  }

  /**
   * Renews now, and keeps the certificate for seven eighths of its life. To be called before
   * another CA signs: for so long, callers that know the root of now alone still get in.
   */
  public void renewBeforeRotation() {
    synchronized (renewal) {
      issued = renewed(issued, 8);
    }
  }

  /**
   * Returns the certificate of now, with its private key. While the CA cannot sign, the last one is
   * returned, and a warning logged at each try.
   */
  public X509Svid current() {
    Issued last = issued;
    if (serves(last)) {
      return last.svid();
    }
    synchronized (renewal) {
      Issued latest = issued; // another thread may have been faster
      if (!serves(latest)) {
        issued = renewed(latest, 2);
      }
      return issued.svid();
    }
  }

  private boolean serves(Issued last) {
    return clock.instant().isBefore(last.renewAt())
        && last.root().map(authority.trustBundle().roots()::contains).orElse(true);
  }

  private Issued renewed(Issued last, int part) {
    try {
      return issue(part);
    } catch (CertificateAuthorityException e) {
      LOG.warn(
          "control plane certificate not renewed not_after={} hint=\"check the CA's key and end\"",
          last.svid().notAfter(),
          e);
      return last;
    }
  }

  /** The last of {@code part} parts of the certificate's life is left to its renewal. */
  private Issued issue(int part) {
    KeyPair keys = WorkloadKey.generate(random);
    SvidTemplate.Builder template =
        SvidTemplate.builder().id(id).publicKey(keys.getPublic()).ttl(ttl);
    for (String host : hosts) {
      IpLiteral.parse(host)
          .ifPresentOrElse(template::addIpAddresses, () -> template.addDnsNames(host));
    }
    X509Svid svid = authority.issue(template.build());
    Instant now = clock.instant();
    Duration kept = Duration.between(now, svid.notAfter()).dividedBy(part).multipliedBy(part - 1);
    return new Issued(X509Svid.of(svid.chain(), keys.getPrivate()), now.plus(kept), rootOf(svid));
  }

  private Optional<X509Certificate> rootOf(X509Svid svid) {
    TrustBundle bundle = authority.trustBundle();
    return bundle.roots().stream()
        .filter(root -> isUnder(svid, new TrustBundle(bundle.trustDomain(), List.of(root))))
        .findFirst();
  }

  private boolean isUnder(X509Svid svid, TrustBundle root) {
    try {
      new X509SvidVerifier(root, clock).verify(svid.chain());
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }
}
