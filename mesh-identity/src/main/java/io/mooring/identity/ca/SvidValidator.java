package io.mooring.identity.ca;

import io.mooring.identity.X509Svid;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks a leaf after it was signed, against what was to be signed: a CA hands out nothing that it
 * has not read back. Pure.
 */
final class SvidValidator {

  private static final int DIGITAL_SIGNATURE = 0; // bits of X509Certificate.getKeyUsage
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final Set<String> EXTENDED_USES =
      Set.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"); // serverAuth, clientAuth
  private static final int MAX_SERIAL_OCTETS = 20; // RFC 5280 4.1.2.2
  private static final String SAN = "2.5.29.17";
  private static final String KEY_USAGE = "2.5.29.15";

  private SvidValidator() {}

  /**
   * Checks {@code leaf}.
   *
   * @param issuerKey that of {@code issuer}, always the same object: it keeps what makes the next
   *     verification twice as fast
   * @throws CertificateAuthorityException that names the first thing that is wrong
   */
  static void check(
      X509Certificate leaf,
      SvidTemplate template,
      X509Certificate issuer,
      PublicKey issuerKey,
      Cryptography cryptography,
      Instant now) {
    try {
      require(
          cryptography.verify(
              leaf.getSigAlgName(), issuerKey, leaf.getTBSCertificate(), leaf.getSignature()),
          "signature");
      require(
          Arrays.equals( // names that are merely equal cost more to compare than all the rest
              leaf.getIssuerX500Principal().getEncoded(),
              issuer.getSubjectX500Principal().getEncoded()),
          "issuer");
      require(X509Svid.idOf(leaf).equals(template.id()), "identity");
      checkNames(leaf, template);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new CertificateAuthorityException(
          "certificate for '" + template.id() + "' is wrong: " + e.getMessage(), e);
    }
    require(
        Arrays.equals(leaf.getPublicKey().getEncoded(), template.publicKey().getEncoded()), "key");
    checkUsage(leaf);
    checkTimes(leaf, template, issuer, now);
    require(
        leaf.getSerialNumber().signum() > 0
            && leaf.getSerialNumber().toByteArray().length <= MAX_SERIAL_OCTETS,
        "serial number");
  }

  private static void checkNames(X509Certificate leaf, SvidTemplate template)
      throws CertificateParsingException {
    List<String> expected = new ArrayList<>();
    expected.add(template.id().toString());
    expected.addAll(template.dnsNames());
    template.ipAddresses().forEach(ip -> expected.add(withoutScope(ip)));
    List<String> actual = new ArrayList<>();
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    for (List<?> name : names == null ? List.<List<?>>of() : names) {
      actual.add(normalized(name));
    }
    require(new HashSet<>(actual).equals(new HashSet<>(expected)), "names");
    require(leaf.getCriticalExtensionOIDs().contains(SAN), "names: not critical");
    require(leaf.getSubjectX500Principal().getName().isEmpty(), "subject");
  }

  /** The JDK prints an IPv6 name in another form than {@link InetAddress} does. */
  private static String normalized(List<?> name) {
    String text = String.valueOf(name.get(1));
    if (!Integer.valueOf(7).equals(name.get(0))) {
      return text;
    }
    try {
      return withoutScope(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("IP name '" + text + "'", e);
    }
  }

  private static String withoutScope(InetAddress ip) {
    try {
      return InetAddress.getByAddress(ip.getAddress()).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("IP name '" + ip + "'", e);
    }
  }

  private static void checkUsage(X509Certificate leaf) {
    require(leaf.getBasicConstraints() < 0, "CA flag");
    boolean[] usage = leaf.getKeyUsage();
    require(
        usage != null && usage[DIGITAL_SIGNATURE] && !usage[KEY_CERT_SIGN] && !usage[CRL_SIGN],
        "key usage");
    require(leaf.getCriticalExtensionOIDs().contains(KEY_USAGE), "key usage: not critical");
    try {
      List<String> uses = leaf.getExtendedKeyUsage();
      require(uses != null && EXTENDED_USES.equals(Set.copyOf(uses)), "extended key usage");
    } catch (CertificateParsingException e) {
      throw new CertificateAuthorityException("extended key usage is unreadable", e);
    }
  }

  private static void checkTimes(
      X509Certificate leaf, SvidTemplate template, X509Certificate issuer, Instant now) {
    Instant notAfter = leaf.getNotAfter().toInstant();
    require(!leaf.getNotBefore().toInstant().isAfter(now), "notBefore: in the future");
    require(notAfter.isAfter(now), "notAfter: past");
    require(!notAfter.isAfter(now.plus(template.ttl())), "notAfter: past the wanted lifetime");
    require(!notAfter.isAfter(issuer.getNotAfter().toInstant()), "notAfter: past its issuer's");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new CertificateAuthorityException("signed certificate is wrong: " + what);
    }
  }
}
