package io.mooring.identity.ca;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * A CA in this process: self-signed, or an intermediate of a root that is kept elsewhere.
 * Thread-safe.
 */
public final class LocalCertificateAuthority implements CertificateAuthority {

  /** How far a certificate's start lies back, for peers whose clocks are slow (Istio's value). */
  static final Duration BACKDATE = Duration.ofMinutes(2);

  private final TrustBundle trustBundle;
  private final CaChain chain;
  private final PublicKey issuerKey;
  private final CertificateSigner signer;
  private final InstantSource clock;
  private final Cryptography cryptography;
  private final ExpiryWarning expiry;
  private final List<X509Certificate> sent; // these three cost a signature or more to work out
  private final Instant notAfter;
  private final boolean nameConstrained;

  /**
   * Creates a self-signed CA over a key that is kept elsewhere.
   *
   * @param trustDomain the only domain that it signs for
   * @param root a CA certificate of {@code key}
   * @param key signs
   * @param clock the time of everything that it signs
   * @param random serial numbers
   */
  public LocalCertificateAuthority(
      TrustDomain trustDomain,
      X509Certificate root,
      SigningKey key,
      InstantSource clock,
      SecureRandom random) {
    this(trustDomain, CaChain.selfSigned(root), key, clock, random);
  }

  /**
   * Creates a CA over a key that is kept elsewhere, e.g. an intermediate in a key service.
   *
   * @param trustDomain the only domain that it signs for
   * @param chain the certificates of {@code key}
   * @param key signs
   * @param clock the time of everything that it signs
   * @param random serial numbers
   */
  public LocalCertificateAuthority(
      TrustDomain trustDomain,
      CaChain chain,
      SigningKey key,
      InstantSource clock,
      SecureRandom random) {
    this(
        trustDomain,
        chain,
        key,
        clock,
        random,
        Cryptography.DEFAULT,
        new ExpiryWarning(chain, CaObserver.logging()));
  }

  /** Creates a CA that checks by {@code cryptography} what {@code key} signed. */
  LocalCertificateAuthority(
      TrustDomain trustDomain,
      CaChain chain,
      SigningKey key,
      InstantSource clock,
      SecureRandom random,
      Cryptography cryptography,
      ExpiryWarning expiry) {
    this.chain = requireNonNull(chain, "chain");
    this.clock = requireNonNull(clock, "clock");
    this.trustBundle = new TrustBundle(trustDomain, chain.roots());
    this.cryptography = cryptography;
    this.expiry = expiry;
    this.issuerKey = cryptography.own(chain.issuer().getPublicKey());
    this.signer = new CertificateSigner(requireNonNull(key, "key"), random);
    this.sent = chain.sent();
    this.notAfter = chain.notAfter();
    this.nameConstrained = chain.isNameConstrained();
  }

  /**
   * Opens the CA that a directory keeps, and makes it on the first call: a P-256 key and a root of
   * ten years, in {@code ca-key.pem} and {@code ca-cert.pem}, both 0600 in a directory of 0700.
   *
   * <p>A CA that was made elsewhere is plugged in as Istio's {@code cacerts}: these two files, and
   * {@code root-cert.pem} and {@code cert-chain.pem}. The key is PKCS#8, PKCS#1 or SEC 1.
   *
   * @param directory where the key lives; nobody else may enter it
   * @param trustDomain the only domain that it signs for
   * @param clock the time of everything that it signs
   * @param random serial numbers and signatures
   * @throws IOException if files cannot be read or written, others may read the key, a file is
   *     lost, they do not belong together or to {@code trustDomain}, or what this CA signs would
   *     not be valid: it has ended, or its name constraints exclude the domain
   * @throws IllegalArgumentException if Java's TLS cannot read certificates of {@code trustDomain},
   *     e.g. {@code td.}, a SPIFFE trust domain that is no DNS name
   */
  public static LocalCertificateAuthority open(
      Path directory, TrustDomain trustDomain, InstantSource clock, SecureRandom random)
      throws IOException {
    return new CaDirectory(
            directory,
            trustDomain,
            KeyFiles.unencrypted(random),
            clock,
            random,
            CaObserver.logging())
        .open();
  }

  @Override
  public TrustBundle trustBundle() {
    return trustBundle;
  }

  @Override
  public X509Svid issue(SvidTemplate template) {
    if (!template.id().trustDomain().equals(trustBundle.trustDomain())) {
      throw new CertificateAuthorityException(
          "CA of '" + trustBundle.trustDomain() + "' cannot sign for '" + template.id() + "'");
    }
    Instant now = clock.instant();
    expiry.at(now);
    Instant wanted = now.plus(template.ttl());
    Instant end = (wanted.isBefore(notAfter) ? wanted : notAfter).truncatedTo(ChronoUnit.SECONDS);
    if (!end.isAfter(now)) {
      throw new CertificateAuthorityException(
          "no time left for a certificate: it is " + now + ", the CA ends " + notAfter);
    }
    X509Certificate leaf;
    try {
      leaf = signer.leaf(template, chain.issuer(), now.minus(BACKDATE), end);
    } catch (IllegalArgumentException e) {
      throw new CertificateAuthorityException(
          "certificate for '" + template.id() + "' cannot be made or read back", e);
    }
    SvidValidator.check(leaf, template, chain.issuer(), issuerKey, cryptography, now);
    List<X509Certificate> path = new ArrayList<>();
    path.add(leaf);
    path.addAll(sent);
    if (nameConstrained) { // a whole validation costs as much as signing: only for these
      requireValid(path, template);
    }
    return X509Svid.of(path);
  }

  /** Checks a chain as any peer would. */
  void requireValid(List<X509Certificate> path, SvidTemplate template) {
    try {
      new X509SvidVerifier(trustBundle, clock).verify(path);
    } catch (CertificateException e) {
      throw new CertificateAuthorityException(
          "certificate for '" + template.id() + "' would not be valid: " + e.getMessage(), e);
    }
  }

  /** Returns when what it signs ends at the latest. */
  Instant notAfter() {
    return notAfter;
  }

  @Override
  public String toString() {
    return "LocalCertificateAuthority["
        + trustBundle.trustDomain()
        + ", notAfter="
        + notAfter
        + "]";
  }
}
