package io.mooring.xds.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.model.spiffe.SpiffeId;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerIdentityInterceptorTest {

  private static X509Certificate certificate(String name) throws IOException, CertificateException {
    try (InputStream pem = PeerIdentityInterceptorTest.class.getResourceAsStream(name + ".pem")) {
      assertThat(pem).as(name).isNotNull();
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
  }

  @Test
  void identityIsTheOneUriOfTheCertificate() throws Exception {
    X509Certificate certificate = certificate("one-spiffe-id");
    Instant notAfter = certificate.getNotAfter().toInstant();
    assertThat(PeerIdentityInterceptor.identity(certificate, notAfter.minusMillis(1)))
        .isEqualTo(
            PeerIdentity.of(SpiffeId.parse("spiffe://cluster.local/ns/demo/sa/ratings"), notAfter));
  }

  @Test
  void certificateThatHasEndedIsRefused() throws Exception { // TLS does not see it on resumption
    X509Certificate certificate = certificate("one-spiffe-id");
    Instant notAfter = certificate.getNotAfter().toInstant();
    assertThatThrownBy(() -> PeerIdentityInterceptor.identity(certificate, notAfter))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("UNAUTHENTICATED")
        .hasMessageContaining(notAfter.toString());
  }

  @ParameterizedTest
  @CsvSource({"two-uris, 2 URI SANs", "no-uri, 0 URI SANs", "no-spiffe-id, https://example.org/"})
  void certificateWithoutExactlyOneSpiffeIdIsRefused(String name, String complaint)
      throws Exception {
    X509Certificate certificate = certificate(name);
    Instant valid = certificate.getNotBefore().toInstant();
    assertThatThrownBy(() -> PeerIdentityInterceptor.identity(certificate, valid))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused -> {
              assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
              assertThat(refused.getStatus().getDescription()).contains(complaint);
            });
  }
}
