package io.mooring.testkit.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.sun.net.httpserver.HttpServer;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.xds.translate.secret.MeshAlpn;
import io.mooring.xds.translate.secret.SdsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real Envoys of two trust domains that know each other's roots. */
class FederatedTrafficTest {

  private static final TrustDomain HERE = new TrustDomain("here.example");
  private static final TrustDomain THERE = new TrustDomain("there.example");
  private static final SpiffeId CLIENT = HERE.workload("demo", "client");
  private static final SpiffeId SERVER = THERE.workload("demo", "server");
  private static final String SERVER_ADDRESS = "127.0.22.2";

  @TempDir private Path directory;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(java.time.Duration.ofSeconds(5))
          .build();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private Path binary;
  private CertificateAuthority here;
  private CertificateAuthority there;
  private HttpServer program;
  private int authorities;

  @BeforeEach
  void start() throws IOException {
    binary = EnvoyAvailability.orSkip();
    here = authority(HERE);
    there = authority(THERE);
    program = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    program.createContext(
        "/",
        exchange -> {
          byte[] body = "reached".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    program.start();
    open.push(() -> program.stop(0));
  }

  @AfterEach
  void stop() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @Test
  void serverOfAFederatedDomainIsVerifiedByTheRootsOfItsDomain() throws Exception {
    TestEnvoy server = server(there, roots(THERE, there, HERE, here));
    TestEnvoy client = client(server, roots(HERE, here, THERE, there));

    assertThat(get(client)).isEqualTo("200 reached");
  }

  @Test
  void rootOfOneDomainVouchesForNoIdentityOfTheOther() throws Exception {
    // Ours signs a certificate in the name of theirs; both roots are known.
    CertificateAuthority forger = authority(THERE);
    TestEnvoy server = server(forger, roots(THERE, forger, HERE, here));
    TestEnvoy client = client(server, roots(HERE, forger, THERE, there));

    assertThat(get(client)).doesNotContain("reached");
  }

  @Test
  void serverOfADomainThatIsNotFederatedIsRefused() throws Exception {
    TestEnvoy server = server(there, roots(THERE, there, HERE, here));
    TestEnvoy client = client(server, Map.of(HERE.name(), pem(here)));

    assertThat(get(client)).doesNotContain("reached");
  }

  private TestEnvoy server(CertificateAuthority issuer, Map<String, String> roots)
      throws IOException {
    SecretsOnSocket secrets = opened(SecretsOnSocket.start(issuer, SERVER, roots));
    TransportSocket tls = SdsContexts.socket(SdsContexts.downstream(HERE));
    return envoy(
        secrets,
        listener("in", SERVER_ADDRESS, tls, "program"),
        cluster("program", "127.0.0.1", program.getAddress().getPort(), SdsContexts.plainText()));
  }

  private TestEnvoy client(TestEnvoy server, Map<String, String> roots) throws IOException {
    SecretsOnSocket secrets = opened(SecretsOnSocket.start(here, CLIENT, roots));
    TransportSocket tls =
        SdsContexts.socket(
            SdsContexts.upstream(HERE, Set.of(SERVER.toString()), "server", MeshAlpn.HTTP1));
    int port = server.listener("in").orElseThrow().getPort();
    return envoy(
        secrets,
        listener("out", "127.0.0.1", null, "server"),
        cluster("server", SERVER_ADDRESS, port, tls));
  }

  private TestEnvoy envoy(SecretsOnSocket secrets, Listener listener, Cluster cluster) {
    return opened(
        TestEnvoy.builder(binary)
            .bootstrap(
                Bootstrap.newBuilder()
                    .setNode(Node.newBuilder().setId("test").setCluster("test"))
                    .setStaticResources(
                        Bootstrap.StaticResources.newBuilder()
                            .addListeners(listener)
                            .addClusters(cluster)
                            .addClusters(secrets.cluster()))
                    .build())
            .start());
  }

  private String get(TestEnvoy from) throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + from.listener("out").orElseThrow().getPort() + "/");
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(uri).timeout(java.time.Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Listener listener(
      String name, String address, @Nullable TransportSocket tls, String to) {
    TcpProxy proxy = TcpProxy.newBuilder().setStatPrefix(name).setCluster(to).build();
    FilterChain.Builder chain =
        FilterChain.newBuilder()
            .addFilters(
                Filter.newBuilder()
                    .setName("envoy.filters.network.tcp_proxy")
                    .setTypedConfig(Any.pack(proxy)));
    if (tls != null) {
      chain.setTransportSocket(tls);
    }
    return Listener.newBuilder()
        .setName(name)
        .setAddress(address(address, 0))
        .addFilterChains(chain)
        .build();
  }

  private static Cluster cluster(String name, String address, int port, TransportSocket tls) {
    return Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.STATIC)
        .setConnectTimeout(Duration.newBuilder().setSeconds(2))
        .setTransportSocket(tls)
        .setLoadAssignment(
            ClusterLoadAssignment.newBuilder()
                .setClusterName(name)
                .addEndpoints(
                    LocalityLbEndpoints.newBuilder()
                        .addLbEndpoints(
                            LbEndpoint.newBuilder()
                                .setEndpoint(
                                    Endpoint.newBuilder().setAddress(address(address, port))))))
        .build();
  }

  private static Address address(String ip, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(ip).setPortValue(port))
        .build();
  }

  private CertificateAuthority authority(TrustDomain domain) throws IOException {
    return LocalCertificateAuthority.open(
        directory.resolve("ca-" + ++authorities),
        domain,
        InstantSource.system(),
        new SecureRandom());
  }

  private static Map<String, String> roots(
      TrustDomain first, CertificateAuthority a, TrustDomain second, CertificateAuthority b) {
    return Map.of(first.name(), pem(a), second.name(), pem(b));
  }

  private static String pem(CertificateAuthority authority) {
    return authority.trustBundle().toPem();
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }
}
