package io.mooring.testkit.grpc;

import static io.mooring.testkit.grpc.GrpcMesh.call;
import static io.mooring.testkit.grpc.GrpcMesh.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcServerTest {

  private static final String ADDRESS = "127.0.0.1";
  private static final String TARGET = "ratings.demo.svc.cluster.local:9080";

  private final TestCertificateAuthority ca = new TestCertificateAuthority(InstantSource.system());
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
    ManagedChannel inClearText =
        Grpc.newChannelBuilder(ADDRESS + ":" + port, InsecureChannelCredentials.create()).build();
    assertThat(outcome(inClearText)).isEqualTo("UNAVAILABLE");
    inClearText.shutdownNow();
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
    mesh.xdsServer(ADDRESS, port, "one");
    ManagedChannel inClearText =
        Grpc.newChannelBuilder(ADDRESS + ":" + port, InsecureChannelCredentials.create()).build();
    assertThat(call(inClearText)).isEqualTo("one");
    applyMesh("disabled");
    assertThat(call(mesh.channel(TARGET))).isEqualTo("one");
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: default, namespace: demo}
        spec: {mtls: {mode: STRICT}}
        """);
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    startMutualTls(directory, "spiffe://cluster.local/ns/demo/sa/ratings");
    ManagedChannel refused =
        Grpc.newChannelBuilder(ADDRESS + ":" + port, InsecureChannelCredentials.create()).build();
    assertThat(outcome(refused)).isEqualTo("UNAVAILABLE");
    inClearText.shutdownNow();
    refused.shutdownNow();
    assertThat(mesh.rejections()).isEmpty();
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
