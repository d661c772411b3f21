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
    X509SVIDResponse.Builder response = X509SVIDResponse.newBuilder();
    List<TrustBundle> all = credentials.bundles();
    for (TrustBundle other : all.subList(1, all.size())) {
      response.putFederatedBundles(id(other), der(other.roots()));
    }
    return response
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
    X509BundlesResponse.Builder response = X509BundlesResponse.newBuilder();
    credentials.bundles().forEach(bundle -> response.putBundles(id(bundle), der(bundle.roots())));
    return response.build();
  }

  static String id(TrustBundle bundle) {
    return "spiffe://" + bundle.trustDomain().name();
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
