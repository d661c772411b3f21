package io.mooring.identity;

import io.mooring.model.spiffe.SpiffeId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What makes certificates an SVID, whoever signed them and whenever they hold. Path validation
 * knows nothing of it. Pure.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md">X509-SVID 2 to
 *     4</a>
 */
final class SvidRules {

  private static final int DIGITAL_SIGNATURE = 0; // bits of X509Certificate.getKeyUsage
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final String KEY_USAGE = "2.5.29.15";
  private static final Pattern WORKLOAD = Pattern.compile("spiffe://[^/]*/.+");
  private static final byte[] PROOF = "does the key fit".getBytes(StandardCharsets.US_ASCII);

  private SvidRules() {}

  /**
   * Returns the identity in {@code leaf}.
   *
   * @throws IllegalArgumentException if it has none, or is no leaf of an SVID
   */
  static SpiffeId checkLeaf(X509Certificate leaf) {
    SpiffeId id = X509Svid.idOf(leaf);
    boolean[] usage = leaf.getKeyUsage();
    if (leaf.getBasicConstraints() >= 0
        || usage == null
        || !usage[DIGITAL_SIGNATURE]
        || usage[KEY_CERT_SIGN]
        || usage[CRL_SIGN]) {
      throw new IllegalArgumentException(
          "certificate of '" + id + "' (expected: a leaf that may sign, and no CA's powers)");
    }
    Set<String> critical = leaf.getCriticalExtensionOIDs();
    if (critical == null || !critical.contains(KEY_USAGE)) { // X509-SVID 4.3
      throw new IllegalArgumentException(
          "certificate of '" + id + "' (expected: its key usage to be critical)");
    }
    return id;
  }

  /**
   * Checks a certificate above the leaf: X509-SVID 3.2, 4.1 and 4.3.
   *
   * @throws IllegalArgumentException if it may not sign SVIDs
   */
  static void checkIssuer(X509Certificate issuer, SpiffeId leaf) {
    boolean[] usage = issuer.getKeyUsage();
    if (issuer.getBasicConstraints() < 0
        || usage == null
        || !usage[KEY_CERT_SIGN]
        || isWorkload(issuer)) {
      throw new IllegalArgumentException(
          "issuer '"
              + issuer.getSubjectX500Principal()
              + "' in the chain of '"
              + leaf
              + "' (expected: a CA with keyCertSign, and no workload's identity)");
    }
  }

  private static boolean isWorkload(X509Certificate issuer) {
    try {
      return X509Svid.uris(issuer).stream().anyMatch(uri -> WORKLOAD.matcher(uri).matches());
    } catch (CertificateParsingException e) {
      throw new IllegalArgumentException(
          "issuer '" + issuer.getSubjectX500Principal() + "': unreadable names", e);
    }
  }

  /**
   * Checks that a private key, which may stay in a token or key service, is that of {@code leaf}.
   *
   * @throws IllegalArgumentException if it is another one, or cannot sign
   */
  static void checkKey(PrivateKey privateKey, X509Certificate leaf, SpiffeId id) {
    PublicKey publicKey = leaf.getPublicKey();
    String algorithm = publicKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    boolean fits;
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(privateKey);
      signer.update(PROOF);
      byte[] proof = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(PROOF);
      fits = verifier.verify(proof);
    } catch (GeneralSecurityException e) { // another kind of key, or other parameters
      fits = false;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "private key of '" + id + "' (expected: that of the leaf certificate)");
    }
  }
}
