package io.mooring.identity.attest.aws;

import io.mooring.identity.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The certificates with which AWS signs instance identity documents, by region. Immutable.
 *
 * <p>Only their keys count: AWS goes on signing with a key whose certificate has ended.
 *
 * @param documents verify documents that are inside their signature ({@code rsa2048})
 * @param signatures verify bare signatures, beside the document; empty to refuse those
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/regions-certs.html">AWS public
 *     certificates</a>
 */
public record AwsCertificates(
    Map<String, X509Certificate> documents, Map<String, X509Certificate> signatures) {

  private static final Pattern REGION =
      Pattern.compile("# region ([a-z0-9-]+)\\s+(-----BEGIN[^#]+-----END CERTIFICATE-----)");

  /** Copies the maps. */
  public AwsCertificates {
    documents = Collections.unmodifiableMap(new TreeMap<>(documents));
    signatures = Collections.unmodifiableMap(new TreeMap<>(signatures));
  }

  /** Returns the published certificates with RSA keys of 2048 bits: {@code rsa2048} alone. */
  public static AwsCertificates published() {
    return new AwsCertificates(resource("rsa2048.pem"), Map.of());
  }

  /**
   * Returns all published certificates. Those of bare signatures have keys of 1024 bits, which the
   * well-funded may break, and several regions share one.
   */
  public static AwsCertificates publishedWithBareSignatures() {
    return new AwsCertificates(resource("rsa2048.pem"), resource("rsa1024.pem"));
  }

  private static Map<String, X509Certificate> resource(String name) {
    Map<String, X509Certificate> certificatesByRegion = new TreeMap<>();
    try (InputStream file = AwsCertificates.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IOException("resource '" + name + "' is missing beside " + AwsCertificates.class);
      }
      Matcher regions = REGION.matcher(new String(file.readAllBytes(), StandardCharsets.US_ASCII));
      while (regions.find()) {
        certificatesByRegion.put(regions.group(1), Pem.certificates(regions.group(2)).get(0));
      }
      return certificatesByRegion;
    } catch (IOException e) {
      throw new UncheckedIOException("certificates of AWS cannot be read", e);
    }
  }
}
