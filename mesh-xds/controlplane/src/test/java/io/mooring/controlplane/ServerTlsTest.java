package io.mooring.controlplane;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The control plane's port, asked by TLS clients that resume their sessions as any client may. */
class ServerTlsTest {

  private static final TrustDomain TD = new TrustDomain("cluster.local");
  private static final Duration LIFETIME = Duration.ofMinutes(10);

  @TempDir Path directory;

  private final FakeClock clock = new FakeClock();
  private LocalCertificateAuthority authority;
  private X509Svid own;
  private TrustBundle bundle;
  private @Nullable Server server;

  @BeforeEach
  void issue() throws Exception {
    authority = authority("ca");
    own = svid(authority, "istiod", Duration.ofDays(1));
    bundle = authority.trustBundle();
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (server != null) {
      server.shutdownNow().awaitTermination();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void certificateThatHasEndedDoesNotGetInByResumption(String protocol) throws Exception {
    serve(ServerTls.context(() -> own, () -> bundle, clock));
    SSLContext client = client(svid(authority, "web", LIFETIME));
    assertThat(connect(client, protocol)).isTrue();
    clock.advance(LIFETIME.minusSeconds(1));
    assertThat(connect(client, protocol)).isTrue();

    clock.advance(Duration.ofSeconds(2));

    assertThatThrownBy(() -> connect(client, protocol)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void rootThatIsGoneDoesNotCountByResumption(String protocol) throws Exception {
    serve(ServerTls.context(() -> own, () -> bundle, clock));
    SSLContext client = client(svid(authority, "web", LIFETIME));
    assertThat(connect(client, protocol)).isTrue();

    bundle = authority("next").trustBundle();

    assertThat(connect(client, protocol)).as("known, by a chain of before").isFalse();
  }

  /** What the two above are up against: one context for all connections lets the client in. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void clientOfTheseTestsDoesResume(String protocol) throws Exception {
    serve(
        GrpcSslContexts.configure(
                SslContextBuilder.forServer(
                    own.privateKey().orElseThrow(), own.chain().toArray(X509Certificate[]::new)),
                SslProvider.JDK)
            .trustManager(new LoggedTrust(bundle, clock))
            .clientAuth(ClientAuth.OPTIONAL)
            .build());
    X509Svid svid = svid(authority, "web", LIFETIME);
    SSLContext client = client(svid);
    assertThat(connect(client, protocol)).isTrue();

    clock.advance(LIFETIME.plusSeconds(1));

    assertThat(connect(client, protocol)).isTrue();
    SSLContext anew = client(svid);
    assertThatThrownBy(() -> connect(anew, protocol)).isInstanceOf(IOException.class);
  }

  @Test
  void rootIsNoClient() {
    X509Certificate root = bundle.roots().get(0);
    assertThatThrownBy(
            () ->
                new LoggedTrust(bundle, clock)
                    .checkClientTrusted(new X509Certificate[] {root}, "UNKNOWN"))
        .isInstanceOf(CertificateException.class);
  }

  private void serve(SslContext context) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(context)
            .build()
            .start();
  }

  /**
   * Returns whether the server knows us by our certificate. Waits for its first frame: in TLS 1.3 a
   * refusal comes after the handshake.
   */
  private boolean connect(SSLContext context, String protocol) throws IOException {
    int port = requireNonNull(server).getPort();
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "server", port, true)) {
      socket.setSoTimeout(5_000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {protocol});
      parameters.setApplicationProtocols(new String[] {"h2"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      if (socket.getInputStream().read() < 0) {
        throw new EOFException("closed before the first frame");
      }
      return socket.getSession().getLocalCertificates() != null;
    }
  }

  private LocalCertificateAuthority authority(String name) throws IOException {
    return LocalCertificateAuthority.open(directory.resolve(name), TD, clock, new SecureRandom());
  }

  private static X509Svid svid(LocalCertificateAuthority from, String account, Duration ttl)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair key = generator.generateKeyPair();
    SpiffeId id = TD.workload("demo", account);
    X509Svid issued =
        from.issue(SvidTemplate.builder().id(id).publicKey(key.getPublic()).ttl(ttl).build());
    return X509Svid.of(issued.chain(), key.getPrivate());
  }

  /** Trusts whoever answers. */
  private static SSLContext client(X509Svid svid) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "own",
        svid.privateKey().orElseThrow(),
        new char[0],
        svid.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
    return context;
  }

  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
