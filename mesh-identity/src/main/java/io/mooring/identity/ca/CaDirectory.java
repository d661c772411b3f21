package io.mooring.identity.ca;

import io.mooring.identity.Pem;
import io.mooring.identity.storage.PrivateDirectory;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The files of one CA, in the layout of Istio's {@code cacerts}. Used by one thread.
 *
 * <p>The key pair is written before the root. A key without a root is what a crash between the two
 * leaves: nothing was signed with it, so it is replaced. A root without a key is a loss that only
 * an operator can mend.
 */
final class CaDirectory {

  static final String KEY = "ca-key.pem";
  static final String CERTIFICATE = "ca-cert.pem";
  static final String CHAIN = "cert-chain.pem";
  static final String ROOTS = "root-cert.pem";

  private static final Duration ROOT_LIFETIME = Duration.ofDays(3650); // Istio's

  private final Path path;
  private final TrustDomain trustDomain;
  private final KeyFiles keys;
  private final InstantSource clock;
  private final SecureRandom random;
  private final CaObserver observer;

  CaDirectory(
      Path path,
      TrustDomain trustDomain,
      KeyFiles keys,
      InstantSource clock,
      SecureRandom random,
      CaObserver observer) {
    this.path = path;
    this.trustDomain = trustDomain;
    this.keys = keys;
    this.clock = clock;
    this.random = random;
    this.observer = observer;
  }

  /** Opens the CA, and makes one where there is none. */
  LocalCertificateAuthority open() throws IOException {
    PrivateDirectory directory = PrivateDirectory.open(path);
    if (certificates(CERTIFICATE).isPresent()) {
      return load();
    }
    for (String file : List.of(CHAIN, ROOTS)) {
      if (Files.exists(path.resolve(file))) {
        throw missing(CERTIFICATE, file);
      }
    }
    return create(directory);
  }

  /** Opens the CA that must be there. */
  LocalCertificateAuthority load() throws IOException {
    PrivateDirectory directory = PrivateDirectory.open(path);
    String keyPem =
        directory
            .read(KEY)
            .map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
            .orElseThrow(() -> missing(KEY, CERTIFICATE));
    try {
      CaChain chain = chain();
      LocalSigningKey key = keys.parse(KEY, keyPem, chain.issuer().getPublicKey());
      LocalCertificateAuthority authority = authority(chain, key);
      probe(authority, chain.issuer());
      return authority;
    } catch (GeneralSecurityException
        | IllegalArgumentException
        | CertificateAuthorityException e) {
      throw new IOException("unusable CA in " + path + ": " + e.getMessage(), e);
    }
  }

  /** Reads the certificates alone, times not checked. */
  CaChain chain() throws IOException {
    List<X509Certificate> own =
        certificates(CERTIFICATE).orElseThrow(() -> missing(CERTIFICATE, KEY));
    X509Certificate issuer = own.get(0);
    if (own.size() != 1) {
      throw new IllegalArgumentException(
          CERTIFICATE + " has " + own.size() + " certificates (expected: one)");
    }
    Optional<List<X509Certificate>> roots = certificates(ROOTS);
    boolean selfSigned = issuer.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
    if (roots.isEmpty() && !selfSigned) {
      throw missing(ROOTS, CERTIFICATE); // Istio: a bundle with a part missing is fatal
    }
    requireTrustDomain(issuer, roots.isEmpty());
    if (roots.isEmpty()) {
      return CaChain.selfSigned(issuer);
    }
    List<X509Certificate> intermediates =
        new ArrayList<>(certificates(CHAIN).orElseThrow(() -> missing(CHAIN, ROOTS)));
    intermediates.remove(issuer); // Istio's chain begins with it, and often ends with the root
    intermediates.removeAll(roots.get());
    return new CaChain(issuer, intermediates, roots.get());
  }

  private LocalCertificateAuthority create(PrivateDirectory directory) throws IOException {
    try {
      KeyPair pair = keys.generate();
      LocalSigningKey key = keys.signing(pair);
      Instant now = clock.instant();
      CaChain chain =
          CaChain.newRoot(
              trustDomain,
              key,
              now.minus(LocalCertificateAuthority.BACKDATE),
              now.plus(ROOT_LIFETIME),
              random);
      LocalCertificateAuthority authority = authority(chain, key);
      try {
        probe(authority, chain.issuer());
      } catch (CertificateAuthorityException e) {
        throw new IllegalArgumentException(
            "trust domain '"
                + trustDomain
                + "' (expected: one that Java's TLS can read in a certificate, e.g. no final dot)",
            e);
      }
      directory.write(KEY, Pem.bytes(keys.print(pair.getPrivate())));
      directory.write(CERTIFICATE, Pem.bytes(Pem.encode(chain.roots())));
      return authority;
    } catch (GeneralSecurityException e) {
      throw new CertificateAuthorityException("no P-256 key can be made", e);
    }
  }

  private LocalCertificateAuthority authority(CaChain chain, SigningKey key) {
    return new LocalCertificateAuthority(
        trustDomain,
        chain,
        key,
        clock,
        random,
        keys.cryptography(),
        new ExpiryWarning(chain, observer));
  }

  /**
   * Signs a leaf, checks it as a peer would, and throws it away. SPIFFE allows trust domains that
   * Java's TLS cannot read, and a CA may be limited to other names or to no leaf at all.
   */
  private void probe(LocalCertificateAuthority authority, X509Certificate issuer) {
    SvidTemplate template =
        SvidTemplate.builder()
            .id(new SpiffeId(trustDomain, "/probe"))
            .publicKey(issuer.getPublicKey())
            .ttl(Duration.ofHours(1))
            .build();
    authority.requireValid(authority.issue(template).chain(), template);
  }

  private void requireTrustDomain(X509Certificate issuer, boolean required) {
    String expected = "spiffe://" + trustDomain;
    List<String> ids = new ArrayList<>();
    try {
      Collection<List<?>> names = issuer.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (String.valueOf(name.get(1)).startsWith("spiffe://")) {
          ids.add(String.valueOf(name.get(1)));
        }
      }
    } catch (CertificateParsingException e) {
      throw new IllegalArgumentException(CERTIFICATE + " has unreadable names", e);
    }
    if (required ? !ids.equals(List.of(expected)) : !ids.stream().allMatch(expected::equals)) {
      throw new IllegalArgumentException(
          CERTIFICATE
              + " has names "
              + ids
              + " (expected: '"
              + expected
              + "', the configured trust domain)"); // X509-SVID 3.2
    }
  }

  /** Certificates are no secret, and the directory is private: their modes do not matter. */
  private Optional<List<X509Certificate>> certificates(String name) throws IOException {
    try {
      String pem = Files.readString(path.resolve(name), StandardCharsets.US_ASCII);
      return Optional.of(Pem.certificates(pem));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException("unusable CA in " + path + ": " + name + ": " + e.getMessage(), e);
    }
  }

  private IOException missing(String file, String beside) {
    return new IOException(
        path.resolve(file)
            + " is missing beside "
            + beside
            + " (expected: both; restore it, or move the other away for a new CA)");
  }
}
