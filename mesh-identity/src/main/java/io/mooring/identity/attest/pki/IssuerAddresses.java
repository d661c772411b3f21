package io.mooring.identity.attest.pki;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;

/** Where a certificate says that its issuer's certificate is to be had (RFC 5280 4.2.2.1). Pure. */
public final class IssuerAddresses {

  private IssuerAddresses() {}

  /** Returns the addresses in their order; what is no URI is left out. */
  public static List<URI> of(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(Extension.authorityInfoAccess.getId());
    List<URI> addresses = new ArrayList<>();
    if (extension == null) {
      return addresses;
    }
    try {
      byte[] encoded = ASN1OctetString.getInstance(extension).getOctets();
      for (AccessDescription access :
          AuthorityInformationAccess.getInstance(encoded).getAccessDescriptions()) {
        GeneralName location = access.getAccessLocation();
        if (access.getAccessMethod().equals(AccessDescription.id_ad_caIssuers)
            && location.getTagNo() == GeneralName.uniformResourceIdentifier) {
          addresses.add(URI.create(location.getName().toString()));
        }
      }
      return addresses;
    } catch (RuntimeException e) {
      return List.of(); // hostile bytes: BouncyCastle throws many kinds
    }
  }
}
