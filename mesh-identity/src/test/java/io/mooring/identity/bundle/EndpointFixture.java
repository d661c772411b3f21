package io.mooring.identity.bundle;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.ca.RotatingCertificateAuthority;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.identity.ca.WorkloadKey;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A trust domain with a CA of its own, and endpoints that publish its bundle. */
final class EndpointFixture {

  final RotatingCertificateAuthority ca;
  final SpiffeId endpointId;

  EndpointFixture(Path directory, String domain, InstantSource clock) throws IOException {
    TrustDomain td = new TrustDomain(domain);
    ca =
        RotatingCertificateAuthority.builder(directory.resolve(domain), td)
            .clock(clock)
            .publishAhead(Duration.ofHours(1))
            .open();
    endpointId = td.workload("mesh", "bundles");
  }

  X509Svid svid(SpiffeId id) {
    KeyPair keys = WorkloadKey.generate(new SecureRandom());
    X509Svid svid =
        ca.issue(
            SvidTemplate.builder()
                .id(id)
                .publicKey(keys.getPublic())
                .ttl(Duration.ofHours(1))
                .addDnsNames("localhost")
                .build());
    return X509Svid.of(svid.chain(), keys.getPrivate());
  }

  BundleEndpoint startSpiffe() throws IOException {
    return BundleEndpoint.startSpiffe(any(), "/", ca::trustBundle, () -> svid(endpointId));
  }

  BundleEndpoint startWeb() throws IOException {
    return BundleEndpoint.startWeb(
        any(), "/", "localhost", ca::trustBundle, () -> ServerIdentity.of(svid(endpointId)));
  }

  FederatedDomain spiffe(BundleEndpoint endpoint) {
    return spiffe(url(endpoint), ca.trustBundle());
  }

  FederatedDomain spiffe(URI url, TrustBundle bundle) {
    return new FederatedDomain(
        ca.trustBundle().trustDomain(), url, new EndpointProfile.Spiffe(endpointId, bundle));
  }

  static InetSocketAddress any() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  static URI url(BundleEndpoint endpoint) {
    return URI.create("https://127.0.0.1:" + endpoint.address().getPort() + "/");
  }

  static SSLContext trusting(TrustBundle bundle) throws Exception {
    KeyStore roots = KeyStore.getInstance("PKCS12");
    roots.load(null, null);
    for (int i = 0; i < bundle.roots().size(); i++) {
      roots.setCertificateEntry("root-" + i, bundle.roots().get(i));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(roots);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  /** Sends raw bytes in TLS of the given version and returns the whole reply. */
  static String raw(BundleEndpoint endpoint, SSLContext trust, String protocol, String request)
      throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            trust
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), endpoint.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      ByteArrayOutputStream reply = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(reply);
      return socket.getSession().getCipherSuite() + "\n" + reply.toString(StandardCharsets.UTF_8);
    }
  }
}
