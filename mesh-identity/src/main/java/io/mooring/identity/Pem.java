package io.mooring.identity;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PEM text (RFC 7468) of certificates, requests and keys. Thread-safe. */
public final class Pem {

  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");

  private Pem() {}

  /** Returns one block with this label, e.g. {@code CERTIFICATE}, that ends with a line feed. */
  public static String encode(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** Returns the certificates one after the other, in the given order. */
  public static String encode(Collection<X509Certificate> certificates) {
    StringBuilder pem = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      try {
        pem.append(encode("CERTIFICATE", certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IllegalArgumentException(
            "certificate of '" + certificate.getSubjectX500Principal() + "' has no encoding", e);
      }
    }
    return pem.toString();
  }

  /**
   * Returns the content of the only block of {@code text}.
   *
   * @throws IllegalArgumentException unless {@code text} is exactly one block with this label,
   *     white space around it aside; the message never quotes the content
   */
  public static byte[] decode(String label, String text) {
    requireNonNull(text, "text");
    Matcher block = BLOCK.matcher(text.strip());
    if (!block.matches()) {
      throw new IllegalArgumentException(
          "no single PEM block (expected: exactly one '" + label + "' and nothing else)");
    }
    if (!block.group(1).equals(label)) {
      throw new IllegalArgumentException(
          "PEM block '" + block.group(1) + "' (expected: '" + label + "')");
    }
    try {
      return Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("PEM block '" + label + "' is no base64", e);
    }
  }

  /**
   * Returns every certificate of {@code text}, in its order. Times are not checked.
   *
   * @throws IllegalArgumentException if there is none, one cannot be read, or a block is broken
   */
  public static List<X509Certificate> certificates(String text) {
    requireNonNull(text, "text");
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(text);
    int end = 0;
    while (blocks.find()) {
      requireNoBlock(text.substring(end, blocks.start()));
      certificates.add(certificate(decode("CERTIFICATE", blocks.group())));
      end = blocks.end();
    }
    requireNoBlock(text.substring(end));
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException(
          "no certificate in " + text.length() + " characters (expected: PEM)");
    }
    return List.copyOf(certificates);
  }

  /** A root that is cut off would be missed only when its certificates are refused. */
  private static void requireNoBlock(String between) {
    if (between.contains("-----BEGIN ") || between.contains("-----END ")) {
      throw new IllegalArgumentException(
          "broken PEM block (expected: BEGIN, base64 and END of the same label)");
    }
  }

  /**
   * Returns the certificate with this DER encoding. Times are not checked.
   *
   * @throws IllegalArgumentException if it is none, or has data after its end
   */
  public static X509Certificate certificate(byte[] der) {
    X509Certificate certificate;
    try {
      certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      if (Arrays.equals(certificate.getEncoded(), der)) { // the JDK reads what comes first
        return certificate;
      }
    } catch (CertificateException e) {
      throw new IllegalArgumentException(
          "unreadable X.509 certificate of " + der.length + " bytes", e);
    }
    throw new IllegalArgumentException(
        "certificate of '"
            + certificate.getSubjectX500Principal()
            + "' in "
            + der.length
            + " bytes (expected: DER, and nothing after it)");
  }

  /** Returns {@code text} as the bytes of a PEM file. */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
