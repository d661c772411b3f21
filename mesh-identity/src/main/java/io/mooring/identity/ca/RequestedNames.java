package io.mooring.identity.ca;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * What a request asks to be called. None of it is ever granted: it serves to refuse a caller that
 * expects another certificate than it would get. Pure.
 */
final class RequestedNames {

  private RequestedNames() {}

  /**
   * Returns the URI name that the request asks for.
   *
   * @throws InvalidCertificateRequestException if it asks for more than one name, a name of another
   *     kind, to be a CA, or has an unknown critical extension
   */
  static Optional<String> uri(PKCS10CertificationRequest request) {
    Extensions extensions = request.getRequestedExtensions();
    if (extensions == null) {
      return Optional.empty();
    }
    for (ASN1ObjectIdentifier id : extensions.getExtensionOIDs()) {
      check(id, extensions.getExtension(id));
    }
    List<String> uris = new ArrayList<>();
    GeneralNames names = GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
    for (GeneralName name : names == null ? new GeneralName[0] : names.getNames()) {
      if (name.getTagNo() != GeneralName.uniformResourceIdentifier) {
        throw new InvalidCertificateRequestException(
            "request for a name of type " + name.getTagNo() + " (expected: at most one SPIFFE ID)");
      }
      uris.add(name.getName().toString());
    }
    if (uris.size() > 1) {
      throw new InvalidCertificateRequestException(
          "request for " + uris.size() + " URI names (expected: at most one SPIFFE ID)");
    }
    return uris.stream().findFirst();
  }

  private static void check(ASN1ObjectIdentifier id, Extension extension) {
    if (id.equals(Extension.basicConstraints)) {
      if (BasicConstraints.getInstance(extension.getParsedValue()).isCA()) {
        throw new InvalidCertificateRequestException("request for a CA certificate");
      }
    } else if (id.equals(Extension.keyUsage)) {
      if (KeyUsage.getInstance(extension.getParsedValue()).hasUsages(KeyUsage.keyCertSign)
          || KeyUsage.getInstance(extension.getParsedValue()).hasUsages(KeyUsage.cRLSign)) {
        throw new InvalidCertificateRequestException("request for the key usage of a CA");
      }
    } else if (extension.isCritical()
        && !id.equals(Extension.subjectAlternativeName)
        && !id.equals(Extension.extendedKeyUsage)) {
      throw new InvalidCertificateRequestException(
          "request with critical extension " + id + " (expected: names and key usages only)");
    }
  }
}
