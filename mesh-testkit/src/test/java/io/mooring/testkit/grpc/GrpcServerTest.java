package io.mooring.testkit.grpc;

import static io.mooring.testkit.grpc.GrpcMesh.call;
import static io.mooring.testkit.grpc.GrpcMesh.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.grpc.xds.XdsChannelCredentials;
import io.grpc.xds.XdsServerCredentials;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.testkit.Row;
import io.mooring.testkit.grpc.GrpcMesh.Certificates;
import io.mooring.testkit.identity.TestCertificateAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcServerTest {

  private static final String ADDRESS = "127.0.0.1";
  private static final String TARGET = "ratings.demo.svc.cluster.local:9080";

  private final TestCertificateAuthority ca = new TestCertificateAuthority(InstantSource.system());
  private final List<ManagedChannel> direct = new ArrayList<>();
  private GrpcMesh mesh;
  private int port;

  @BeforeEach
  void start() throws Exception {
    mesh = new GrpcMesh();
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void stop() {
    direct.forEach(ManagedChannel::shutdownNow);
    mesh.close();
  }

  /** One workload, of service account ratings. */
  private void applyMesh(String tlsMode) {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: ratings, namespace: demo}
        spec:
          hosts: [ratings.demo.svc.cluster.local]
          location: MESH_INTERNAL
          resolution: STATIC
          ports: [{number: 9080, name: grpc, protocol: GRPC}]
          workloadSelector: {labels: {app: ratings}}
        ---
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata: {name: one, namespace: demo}
        spec:
          address: %s
          ports: {grpc: %d}
          serviceAccount: ratings
          labels: {app: ratings, security.istio.io/tlsMode: %s}
        """
            .formatted(ADDRESS, port, tlsMode));
  }

  private Certificates certificates(Path directory, String id) throws IOException {
    Path own = Files.createTempDirectory(directory, "svid");
    X509Svid svid = ca.svid(SpiffeId.parse(id), Duration.ofHours(1));
    return new Certificates(
        Files.writeString(own.resolve("cert.pem"), Pem.encode(svid.chain())),
        Files.writeString(
            own.resolve("key.pem"),
            Pem.encode("PRIVATE KEY", svid.privateKey().orElseThrow().getEncoded())),
        Files.writeString(own.resolve("roots.pem"), ca.trustBundle().toPem()));
  }

  private ManagedChannel mutualTls(Path directory, String id) throws IOException {
    return mesh.channel(
        TARGET,
        GrpcMesh.fileWatcher(certificates(directory, id)),
        XdsChannelCredentials.create(InsecureChannelCredentials.create()));
  }

  private void startMutualTls(Path directory, String id) throws IOException {
    mesh.xdsServer(
        ADDRESS,
        port,
        "one",
        GrpcMesh.fileWatcher(certificates(directory, id)),
        XdsServerCredentials.create(InsecureServerCredentials.create()));
  }

  @Test
  @Row(152)
  void serverInClearTextServesItsClients() throws Exception {
    applyMesh("disabled");
    mesh.xdsServer(ADDRESS, port, "one");
    assertThat(call(mesh.channel(TARGET))).isEqualTo("one");
    assertThat(mesh.rejections()).isEmpty();
  }

  @Test
  @Row({137, 138, 154})
  void mutualTlsTakesCertificatesOfTheProvider(@TempDir Path directory) throws Exception {
    applyMesh("istio");
    startMutualTls(directory, "spiffe://cluster.local/ns/demo/sa/ratings");
    ManagedChannel client = mutualTls(directory, "spiffe://cluster.local/ns/demo/sa/web");
    assertThat(call(client)).isEqualTo("one");
    assertThat(outcome(direct(InsecureChannelCredentials.create()))).isEqualTo("UNAVAILABLE");
    assertThat(mesh.rejections()).isEmpty();
  }

  @Test
  void serverOfAnotherIdentityIsRefused(@TempDir Path directory) throws Exception {
    applyMesh("istio");
    startMutualTls(directory, "spiffe://cluster.local/ns/demo/sa/impostor");
    ManagedChannel client = mutualTls(directory, "spiffe://cluster.local/ns/demo/sa/web");
    assertThat(outcome(client)).isEqualTo("UNAVAILABLE");
  }

  @Test
  void strictServerDemandsMutualTlsWhateverItsLabelSays(@TempDir Path directory) throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: default, namespace: demo}
        spec: {mtls: {mode: STRICT}}
        """);
    applyMesh("disabled");
    startMutualTls(directory, "spiffe://cluster.local/ns/demo/sa/ratings");
    assertThat(outcome(mesh.channelWithoutCertificates(TARGET))).isEqualTo("UNAVAILABLE");
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: ratings, namespace: demo}
        spec: {host: ratings, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
        """);
    ManagedChannel client = mutualTls(directory, "spiffe://cluster.local/ns/demo/sa/web");
    await().until(() -> outcome(client).equals("one"));
    assertThat(mesh.rejections()).isEmpty();
  }

  @Test
  void serverOnAPortThatNoServiceKnowsServesAsItsNamespaceSays(@TempDir Path directory)
      throws Exception {
    startMutualTls(directory, "spiffe://cluster.local/ns/demo/sa/ratings");
    ManagedChannel inClearText = direct(InsecureChannelCredentials.create());
    assertThat(call(inClearText)).isEqualTo("one");
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: default, namespace: demo}
        spec: {mtls: {mode: STRICT}}
        """);
    Certificates web = certificates(directory, "spiffe://cluster.local/ns/demo/sa/web");
    await().until(() -> outcome(direct(tls(web))).equals("one"));
    assertThat(outcome(direct(InsecureChannelCredentials.create()))).isEqualTo("UNAVAILABLE");
    applyMesh("istio");
    assertThat(call(mutualTls(directory, "spiffe://cluster.local/ns/demo/sa/web")))
        .isEqualTo("one");
    assertThat(mesh.rejections()).isEmpty();
  }

  /** Returns a channel to the server that asks nobody where it is. */
  private ManagedChannel direct(ChannelCredentials credentials) {
    ManagedChannel channel = Grpc.newChannelBuilder(ADDRESS + ":" + port, credentials).build();
    direct.add(channel);
    return channel;
  }

  /** A server's certificate says who it is, not where. */
  private static ChannelCredentials tls(Certificates certificates) throws Exception {
    AdvancedTlsX509TrustManager trust =
        AdvancedTlsX509TrustManager.newBuilder()
            .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
            .build();
    trust.updateTrustCredentials(certificates.roots().toFile());
    return TlsChannelCredentials.newBuilder()
        .keyManager(certificates.certificate().toFile(), certificates.key().toFile())
        .trustManager(trust)
        .build();
  }

  @Test
  void clientWithoutCertificatesIsToldNothingThatItRefuses() throws Exception {
    port = mesh.plainServer("two");
    applyMesh("istio");
    ManagedChannel channel = mesh.channelWithoutCertificates(TARGET);
    assertThat(call(channel)).isEqualTo("two");
    assertThat(mesh.rejections()).isEmpty();
  }
}
