package io.mooring.identity.agent.workload;

import com.google.protobuf.ByteString;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.api.workload.X509BundlesResponse;
import io.mooring.identity.api.workload.X509SVID;
import io.mooring.identity.api.workload.X509SVIDResponse;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** The messages of the X509-SVID profile: each has all there is, never a difference. Stateless. */
final class X509Profile {

  private X509Profile() {}

  static X509SVIDResponse svids(Credentials credentials) {
    return X509SVIDResponse.newBuilder()
        .addSvids(
            X509SVID
                .newBuilder()
                .setSpiffeId(credentials.svid().id().toString())
                .setX509Svid(der(credentials.svid().chain()))
                .setX509SvidKey(ByteString.copyFrom(credentials.key().getEncoded())) // PKCS#8
                .setBundle(der(credentials.roots().roots())))
        .build();
  }

  static X509BundlesResponse bundles(Credentials credentials) {
    TrustBundle own = credentials.roots();
    return X509BundlesResponse.newBuilder()
        .putBundles("spiffe://" + own.trustDomain().name(), der(own.roots()))
        .build();
  }

  private static ByteString der(List<X509Certificate> certificates) {
    ByteString der = ByteString.EMPTY;
    for (X509Certificate certificate : certificates) {
      try {
        der = der.concat(ByteString.copyFrom(certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("a parsed certificate cannot be encoded", e);
      }
    }
    return der;
  }
}
