package io.mooring.identity.agent.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.grpc.netty.shaded.io.netty.handler.ssl.JdkSslContext;
import io.grpc.protobuf.services.HealthStatusManager;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.agent.TestIssuer;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.agent.svid.SpiffeTrustManager;
import io.mooring.testkit.FakeClock;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyManagementException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReloadingSslContextTest {

  private static final String WEB = "spiffe://cluster.local/ns/demo/sa/web";
  private static final String RATINGS = TestIssuer.RATINGS.toString();

  private final FakeClock clock = new FakeClock(Instant.now());
  private final TestIssuer issuer = new TestIssuer(clock.instant().minusSeconds(3600));
  private final List<X509Certificate> clients = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile Credentials server = credentials(issuer, RATINGS, Duration.ofHours(1));
  private volatile Credentials client = credentials(issuer, WEB, Duration.ofHours(1));
  private HttpsServer https;

  @BeforeEach
  void start() throws IOException {
    https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
    https.setHttpsConfigurator(new HttpsConfigurator(serverContext()));
    https.setExecutor(threads);
    https.createContext(
        "/",
        exchange -> {
          clients.add(
              (X509Certificate)
                  ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0]);
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    https.start();
  }

  @AfterEach
  void stop() {
    https.stop(0);
    threads.shutdownNow();
  }

  @Test
  void bothSidesShowAndVerifySvids() throws Exception {
    assertThat(get(clientContext(), "TLSv1.3")).isEqualTo(204);
    assertThat(get(clientContext(), "TLSv1.2")).isEqualTo(204);
    assertThat(clients).containsOnly(client.svid().leaf());
  }

  @Test
  void rotatedSvidIsShownWithoutANewContext() throws Exception {
    SSLContext same = clientContext();
    get(same, "TLSv1.3");

    client = credentials(issuer, WEB, Duration.ofHours(2));
    server = credentials(issuer, RATINGS, Duration.ofHours(2));
    get(same, "TLSv1.3");

    assertThat(clients).hasSize(2).doesNotHaveDuplicates();
    assertThat(clients.get(1)).isEqualTo(client.svid().leaf());
    assertThat(peerOf(same)).isEqualTo(server.svid().leaf());
  }

  @Test
  void rotatedRootsCountWithoutANewContext() throws Exception {
    SSLContext same = clientContext();
    get(same, "TLSv1.3");
    TestIssuer next = new TestIssuer(clock.instant().minusSeconds(60));
    server = credentials(next, RATINGS, Duration.ofHours(1));
    assertRefused(same);

    client =
        new Credentials(
            client.svid(), new TrustBundle(TestIssuer.DOMAIN, List.of(next.root(), issuer.root())));
    server =
        new Credentials(
            server.svid(), new TrustBundle(TestIssuer.DOMAIN, List.of(next.root(), issuer.root())));

    assertThat(get(same, "TLSv1.3")).isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void clientWhoseCertificateHasExpiredDoesNotGetInByResumption(String protocol) throws Exception {
    client = credentials(issuer, WEB, Duration.ofMinutes(1));
    SSLContext resuming = plainJdkContext(); // keeps sessions, as any client may
    connect(resuming, protocol);
    int before = clients.size();

    clock.advance(Duration.ofMinutes(2));

    assertThatThrownBy(() -> connect(resuming, protocol)).isInstanceOf(IOException.class);
    assertThat(clients).hasSize(before);
  }

  @Test
  void serverWhoseCertificateHasExpiredIsRefused() throws Exception {
    SSLContext same = clientContext();
    get(same, "TLSv1.3");
    server = credentials(issuer, RATINGS, Duration.ofMinutes(1));
    clock.advance(Duration.ofMinutes(2));
    assertRefused(same);
  }

  @Test
  void peerThatIsNotWantedIsRefusedOnEitherSide() {
    SSLContext picky = ReloadingSslContext.of(() -> client, clock, id -> id.toString().equals(WEB));
    assertRefused(picky);

    client = credentials(issuer, "spiffe://cluster.local/ns/demo/sa/other", Duration.ofHours(1));
    assertRefused(clientContext());
    assertThat(clients).isEmpty();
  }

  @Test
  void peersOfAnotherDomainOrRootAreRefused() {
    client = credentials(issuer, "spiffe://other.domain/ns/demo/sa/web", Duration.ofHours(1));
    assertRefused(clientContext());
    client = credentials(new TestIssuer(clock.instant()), WEB, Duration.ofHours(1));
    assertRefused(clientContext());
  }

  @Test
  void clientWithoutCertificateIsRefused() throws Exception {
    SSLContext nobody = SSLContext.getInstance("TLS");
    nobody.init(
        null,
        new TrustManager[] {new SpiffeTrustManager(issuer.bundle(), clock, id -> true, "anybody")},
        null);
    assertRefused(nobody);
    assertThat(clients).isEmpty();
  }

  @Test
  void grpcTakesItOnBothSides() throws Exception {
    HealthStatusManager health = new HealthStatusManager();
    Server grpc =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(netty(serverContext(), false))
            .addService(health.getHealthService())
            .build()
            .start();
    try {
      assertThat(serving(grpc.getPort())).isEqualTo(ServingStatus.SERVING);

      server = credentials(issuer, RATINGS, Duration.ofHours(2));
      client = credentials(issuer, WEB, Duration.ofHours(2));
      assertThat(serving(grpc.getPort())).isEqualTo(ServingStatus.SERVING);

      client = credentials(issuer, "spiffe://cluster.local/ns/demo/sa/x", Duration.ofHours(2));
      assertThatThrownBy(() -> serving(grpc.getPort())).hasMessageContaining("UNAVAILABLE");
    } finally {
      grpc.shutdownNow();
    }
  }

  @Test
  void whatWouldResumeSessionsIsNotOffered() {
    SSLContext context = serverContext();
    assertThatThrownBy(context::getServerSocketFactory)
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> context.init(null, null, null))
        .isInstanceOf(KeyManagementException.class);
  }

  private ServingStatus serving(int port) throws SSLException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .sslContext(netty(clientContext(), true))
            .build();
    try {
      return HealthGrpc.newBlockingStub(channel)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus();
    } finally {
      channel.shutdownNow();
    }
  }

  private static JdkSslContext netty(SSLContext context, boolean client) {
    return new JdkSslContext(
        context,
        client,
        null,
        IdentityCipherSuiteFilter.INSTANCE,
        new ApplicationProtocolConfig(
            ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
            "h2"),
        client ? ClientAuth.NONE : ClientAuth.REQUIRE,
        null,
        false);
  }

  private SSLContext serverContext() {
    return ReloadingSslContext.of(() -> server, clock, id -> id.toString().equals(WEB));
  }

  private SSLContext clientContext() {
    return ReloadingSslContext.of(() -> client, clock, id -> id.toString().equals(RATINGS));
  }

  private SSLContext plainJdkContext() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {new SvidKeyManager(client)},
        new TrustManager[] {new SpiffeTrustManager(issuer.bundle(), clock, id -> true, "anybody")},
        null);
    return context;
  }

  private int get(SSLContext context, String protocol) throws Exception {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {protocol});
    return HttpClient.newBuilder()
        .sslContext(context)
        .sslParameters(parameters)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create("https://localhost:" + port() + "/"))
                .timeout(Duration.ofSeconds(10))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private void assertRefused(SSLContext context) {
    assertThatThrownBy(() -> get(context, "TLSv1.3")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get(context, "TLSv1.2")).isInstanceOf(IOException.class);
  }

  /** A whole request: the session of TLS 1.3 comes after the handshake. */
  private void connect(SSLContext context, String protocol) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port())) {
      socket.setSoTimeout(5_000);
      socket.setEnabledProtocols(new String[] {protocol});
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] reply = socket.getInputStream().readNBytes(12);
      if (reply.length == 0) {
        throw new EOFException("closed before an answer"); // what is left of an alert that is late
      }
      assertThat(new String(reply, StandardCharsets.US_ASCII)).endsWith("204");
    }
  }

  private X509Certificate peerOf(SSLContext context) throws IOException {
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port());
        SSLSocket socket =
            (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port(), true)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private int port() {
    return https.getAddress().getPort();
  }

  private Credentials credentials(TestIssuer from, String id, Duration lifetime) {
    KeyPair key = TestIssuer.newKey();
    return new Credentials(
        X509Svid.of(
            List.of(
                from.leaf(
                    key.getPublic(),
                    id,
                    clock.instant().minusSeconds(10),
                    clock.instant().plus(lifetime))),
            key.getPrivate()),
        from.bundle());
  }
}
