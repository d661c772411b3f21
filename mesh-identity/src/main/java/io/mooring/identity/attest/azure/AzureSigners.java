package io.mooring.identity.attest.azure;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.Pem;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.http.DocumentFetcher;
import io.mooring.identity.attest.pki.CertificateChain;
import io.mooring.identity.attest.pki.IssuerAddresses;
import java.io.IOException;
import java.net.URI;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose attested documents are believed: certificates for names of Azure's metadata service, below
 * given roots. Thread-safe.
 *
 * <p>Documents come without the intermediate certificate. It is read from where the signer's
 * certificate says, but only from Microsoft's host, and remembered.
 */
public final class AzureSigners {

  private static final String INTERMEDIATES_HOST = "www.microsoft.com";
  private static final Set<String> SCHEMES = Set.of("http", "https");
  private static final int MAX_REMEMBERED = 64;
  private static final int DNS_SAN = 2; // RFC 5280 4.2.1.6, dNSName

  /** The public cloud, US Government, China, and Germany. */
  private static final Set<String> NAMES =
      Set.of(
          "metadata.azure.com",
          "metadata.azure.us",
          "metadata.azure.cn",
          "metadata.microsoftazure.de");

  private final List<X509Certificate> roots;
  private final DocumentFetcher fetcher;
  private final Map<URI, X509Certificate> intermediatesByAddress = new ConcurrentHashMap<>();

  /**
   * Creates signers.
   *
   * @param roots in production DigiCert Global Root G2 and Microsoft's roots, all of which the
   *     JDK's trust store has; at least one
   * @param fetcher reads intermediate certificates, by plain HTTP as CAs publish them
   */
  public AzureSigners(List<X509Certificate> roots, DocumentFetcher fetcher) {
    this.roots = List.copyOf(roots);
    this.fetcher = requireNonNull(fetcher, "fetcher");
    if (this.roots.isEmpty()) {
      throw new IllegalArgumentException("roots are empty (expected: at least one)");
    }
  }

  /**
   * Checks the certificate of a document's signer.
   *
   * @param others what else came with the document: all of it must be on the signer's path
   * @throws RefusedException if it is not Azure's
   */
  void check(X509Certificate signer, List<X509Certificate> others, Instant now) {
    if (!isMetadataService(signer)) {
      throw refused("signer's certificate is not for one of " + NAMES);
    }
    List<X509Certificate> known = new ArrayList<>(others);
    if (others.isEmpty()) {
      known.addAll(intermediates(signer));
    }
    CertificateChain chain = CertificateChain.of(signer, known, roots, now);
    List<X509Certificate> path = new ArrayList<>(chain.certificates());
    path.add(chain.root());
    if (!path.containsAll(others)) {
      throw refused("document with certificates that are not on its signer's path");
    }
  }

  private static boolean isMetadataService(X509Certificate signer) {
    try {
      Collection<List<?>> names = signer.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        String text = String.valueOf(name.get(1));
        if (Integer.valueOf(DNS_SAN).equals(name.get(0))
            && NAMES.stream().anyMatch(n -> text.equals(n) || text.endsWith("." + n))) {
          return true;
        }
      }
      return false;
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  private List<X509Certificate> intermediates(X509Certificate signer) {
    List<X509Certificate> intermediates = new ArrayList<>();
    for (URI address : IssuerAddresses.of(signer)) {
      // Whoever makes a document chooses this address: no other host is ever asked.
      if (SCHEMES.contains(String.valueOf(address.getScheme()))
          && INTERMEDIATES_HOST.equals(address.getHost())
          && address.getPort() == -1
          && intermediates.isEmpty()) {
        intermediates.add(intermediate(address));
      }
    }
    return intermediates;
  }

  private X509Certificate intermediate(URI address) {
    X509Certificate known = intermediatesByAddress.get(address);
    if (known != null) {
      return known;
    }
    try {
      X509Certificate fetched = Pem.certificate(fetcher.fetch(address));
      if (intermediatesByAddress.size() < MAX_REMEMBERED) {
        intermediatesByAddress.put(address, fetched);
      }
      return fetched;
    } catch (IOException | IllegalArgumentException e) {
      throw new RefusedException(
          RefusalReason.UNAVAILABLE,
          "intermediate certificate cannot be read: " + e.getMessage(),
          e);
    }
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(RefusalReason.INVALID_EVIDENCE, detail);
  }
}
