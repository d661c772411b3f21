package io.mooring.testkit.envoy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.sun.net.httpserver.HttpServer;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
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
import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.node.ProxyNode.Capture;
import io.mooring.xds.translate.authn.EffectiveMutualTls;
import io.mooring.xds.translate.listener.InboundClusters;
import io.mooring.xds.translate.listener.InboundListenerInput;
import io.mooring.xds.translate.listener.InboundListeners;
import io.mooring.xds.translate.listener.ListenerAddressing;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real bytes through the generated inbound listeners and TLS contexts: who gets through, and as
 * what. One server Envoy has a port for each protocol and mode; client Envoys speak mTLS to it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutualTlsTrafficTest {

  private static final TrustDomain DOMAIN = new TrustDomain("td");
  private static final SpiffeId CLIENT = DOMAIN.workload("demo", "client");
  private static final SpiffeId SERVER = DOMAIN.workload("demo", "server");
  private static final String SERVER_ADDRESS = "127.0.21.2";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(java.time.Duration.ofSeconds(5))
          .build();

  /** What a client offers. */
  private enum Caller {
    PLAIN,
    HTTP1,
    HTTP_ANY,
    OPAQUE
  }

  /** What came of it, as the application saw it. */
  private enum Outcome {
    /** Parsed as HTTP, and the application was told who calls. */
    KNOWN_CALLER,
    /** Parsed as HTTP, from nobody in particular. */
    ANONYMOUS,
    /** Passed on without being parsed. */
    BYTES,
    REFUSED
  }

  private record Port(Protocol protocol, Mode mode) {}

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Map<Port, HttpServer> applications = new LinkedHashMap<>();
  private CertificateAuthority ca;
  private TestEnvoy client;
  private TestEnvoy stranger;
  private TestEnvoy suspicious;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    Path binary = EnvoyAvailability.orSkip();
    for (Protocol protocol : List.of(Protocol.HTTP, Protocol.TCP, Protocol.AUTO)) {
      for (Mode mode : List.of(Mode.PERMISSIVE, Mode.STRICT, Mode.DISABLE)) {
        applications.put(new Port(protocol, mode), application());
      }
    }
    ca = authority(directory.resolve("ca"));
    CertificateAuthority otherCa = authority(directory.resolve("other-ca"));
    SecretsOnSocket serverSecrets = secrets(ca, SERVER, ca);
    open.add(envoy(binary, serverBootstrap(serverSecrets)));
    client = envoy(binary, clientBootstrap(secrets(ca, CLIENT, ca), SERVER));
    stranger = envoy(binary, clientBootstrap(secrets(otherCa, CLIENT, ca), SERVER));
    suspicious = envoy(binary, clientBootstrap(secrets(ca, CLIENT, ca), CLIENT));
  }

  @AfterAll
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    applications.values().forEach(server -> server.stop(0));
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP, PERMISSIVE, PLAIN,    ANONYMOUS",
    "HTTP, PERMISSIVE, HTTP1,    KNOWN_CALLER",
    "HTTP, PERMISSIVE, HTTP_ANY, KNOWN_CALLER",
    "HTTP, PERMISSIVE, OPAQUE,   KNOWN_CALLER",
    "HTTP, STRICT,     PLAIN,    REFUSED",
    "HTTP, STRICT,     HTTP1,    KNOWN_CALLER",
    "HTTP, DISABLE,    PLAIN,    ANONYMOUS",
    "HTTP, DISABLE,    HTTP1,    REFUSED",
    "TCP,  PERMISSIVE, PLAIN,    BYTES",
    "TCP,  PERMISSIVE, OPAQUE,   BYTES",
    "TCP,  PERMISSIVE, HTTP1,    BYTES",
    "TCP,  STRICT,     PLAIN,    REFUSED",
    "TCP,  STRICT,     OPAQUE,   BYTES",
    "TCP,  DISABLE,    PLAIN,    BYTES",
    "AUTO, PERMISSIVE, PLAIN,    ANONYMOUS",
    "AUTO, PERMISSIVE, HTTP1,    KNOWN_CALLER",
    "AUTO, PERMISSIVE, HTTP_ANY, KNOWN_CALLER",
    "AUTO, PERMISSIVE, OPAQUE,   BYTES",
    "AUTO, STRICT,     PLAIN,    REFUSED",
    "AUTO, STRICT,     HTTP_ANY, KNOWN_CALLER",
    "AUTO, STRICT,     OPAQUE,   BYTES",
    "AUTO, DISABLE,    PLAIN,    ANONYMOUS",
  })
  void protocolAndModeDecideWhoGetsThrough(
      Protocol protocol, Mode mode, Caller caller, Outcome expected) {
    assertThat(call(client, new Port(protocol, mode), caller)).isEqualTo(expected);
  }

  @Test
  void clientOfAnotherAuthorityIsRefused() {
    assertThat(call(stranger, new Port(Protocol.HTTP, Mode.PERMISSIVE), Caller.HTTP1))
        .isEqualTo(Outcome.REFUSED);
  }

  @Test
  void serverWithAnotherIdentityThanExpectedIsRefused() {
    assertThat(call(suspicious, new Port(Protocol.HTTP, Mode.STRICT), Caller.HTTP1))
        .isEqualTo(Outcome.REFUSED);
  }

  @Test
  void callerCannotClaimAnIdentityInPlainText() throws Exception {
    int port = targetPort(new Port(Protocol.HTTP, Mode.PERMISSIVE));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + SERVER_ADDRESS + ":" + port + "/"))
            .header("x-forwarded-client-cert", "URI=" + CLIENT)
            .build();

    assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).body()).isEmpty();
  }

  private Outcome call(TestEnvoy from, Port port, Caller caller) {
    int target = targetPort(port);
    InetSocketAddress address =
        caller == Caller.PLAIN
            ? new InetSocketAddress(SERVER_ADDRESS, target)
            : from.listener(name(target, caller)).orElseThrow();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://" + address.getHostString() + ":" + address.getPort() + "/"))
            .timeout(java.time.Duration.ofSeconds(10))
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        return Outcome.REFUSED;
      }
      if (response.headers().firstValue("x-envoy-upstream-service-time").isEmpty()) {
        return Outcome.BYTES;
      }
      return response.body().contains("URI=" + CLIENT) && response.body().contains("By=" + SERVER)
          ? Outcome.KNOWN_CALLER
          : Outcome.ANONYMOUS;
    } catch (IOException e) {
      return Outcome.REFUSED;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private int targetPort(Port port) {
    return requireNonNull(applications.get(port), port::toString).getAddress().getPort();
  }

  private Bootstrap serverBootstrap(SecretsOnSocket secrets) {
    List<ServiceTarget> targets = new ArrayList<>();
    SortedMap<Integer, Mode> modeByPort = new TreeMap<>();
    applications.forEach(
        (port, application) -> {
          int target = application.getAddress().getPort();
          MeshService service = service(port, target);
          targets.add(new ServiceTarget(service, service.ports().get(0), target));
          modeByPort.put(target, port.mode());
        });
    targets.sort(Comparator.comparing(ServiceTarget::targetPort));
    InboundListenerInput input =
        new InboundListenerInput(
            new ListenerAddressing(Capture.NONE, true, false, "127.0.0.1", false),
            List.of(SERVER_ADDRESS),
            targets,
            new EffectiveMutualTls(Mode.PERMISSIVE, modeByPort),
            DOMAIN);
    return bootstrap(
        secrets, InboundListeners.translate(input).listeners(), InboundClusters.translate(input));
  }

  private Bootstrap clientBootstrap(SecretsOnSocket secrets, SpiffeId expectedServer) {
    List<Listener> listeners = new ArrayList<>();
    List<Cluster> clusters = new ArrayList<>();
    for (HttpServer application : applications.values()) {
      int target = application.getAddress().getPort();
      for (Caller caller : List.of(Caller.HTTP1, Caller.HTTP_ANY, Caller.OPAQUE)) {
        String name = name(target, caller);
        listeners.add(listener(name));
        clusters.add(cluster(name, target, MeshAlpn.valueOf(caller.name()), expectedServer));
      }
    }
    return bootstrap(secrets, listeners, clusters);
  }

  private static String name(int port, Caller caller) {
    return port + "-" + caller;
  }

  private static Bootstrap bootstrap(
      SecretsOnSocket secrets, Collection<Listener> listeners, Collection<Cluster> clusters) {
    return Bootstrap.newBuilder()
        .setNode(Node.newBuilder().setId("test").setCluster("test"))
        .setStaticResources(
            Bootstrap.StaticResources.newBuilder()
                .addAllListeners(listeners)
                .addAllClusters(clusters)
                .addClusters(secrets.cluster()))
        .build();
  }

  private static Listener listener(String name) {
    TcpProxy proxy = TcpProxy.newBuilder().setStatPrefix(name).setCluster(name).build();
    return Listener.newBuilder()
        .setName(name)
        .setAddress(address("127.0.0.1", 0))
        .addFilterChains(
            FilterChain.newBuilder()
                .addFilters(
                    Filter.newBuilder()
                        .setName("envoy.filters.network.tcp_proxy")
                        .setTypedConfig(Any.pack(proxy))))
        .build();
  }

  private static Cluster cluster(String name, int port, MeshAlpn alpn, SpiffeId server) {
    return Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.STATIC)
        .setConnectTimeout(Duration.newBuilder().setSeconds(2))
        .setTransportSocket(
            SdsContexts.socket(
                SdsContexts.upstream(DOMAIN, Set.of(server.toString()), "server", alpn)))
        .setLoadAssignment(
            ClusterLoadAssignment.newBuilder()
                .setClusterName(name)
                .addEndpoints(
                    LocalityLbEndpoints.newBuilder()
                        .addLbEndpoints(
                            LbEndpoint.newBuilder()
                                .setEndpoint(
                                    Endpoint.newBuilder()
                                        .setAddress(address(SERVER_ADDRESS, port))))))
        .build();
  }

  private static Address address(String ip, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(ip).setPortValue(port))
        .build();
  }

  private static MeshService service(Port port, int target) {
    return MeshService.builder()
        .host("p" + target + ".demo")
        .namespace("demo")
        .name("p" + target)
        .origin(MeshService.Origin.SERVICE_ENTRY)
        .addPorts(new MeshPort(target, "p", port.protocol(), OptionalInt.empty()))
        .resolution(Resolution.STATIC)
        .meshExternal(false)
        .exportTo(Set.of("*"))
        .build();
  }

  /** Answers with the caller that it was told of. */
  private static HttpServer application() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String caller = exchange.getRequestHeaders().getFirst("x-forwarded-client-cert");
          byte[] body = (caller == null ? "" : caller).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          try (exchange) {
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    return server;
  }

  private static CertificateAuthority authority(Path directory) throws IOException {
    return LocalCertificateAuthority.open(
        directory, DOMAIN, InstantSource.system(), new SecureRandom());
  }

  private SecretsOnSocket secrets(
      CertificateAuthority issuer, SpiffeId id, CertificateAuthority trusted) throws IOException {
    SecretsOnSocket secrets = SecretsOnSocket.start(issuer, id, trusted.trustBundle().toPem());
    open.add(secrets);
    return secrets;
  }

  private TestEnvoy envoy(Path binary, Bootstrap bootstrap) {
    TestEnvoy envoy = TestEnvoy.builder(binary).bootstrap(bootstrap).start();
    open.add(envoy);
    return envoy;
  }
}
