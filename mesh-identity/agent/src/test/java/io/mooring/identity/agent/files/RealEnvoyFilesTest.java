package io.mooring.identity.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.identity.X509Svid;
import io.mooring.identity.agent.EnvoyBinary;
import io.mooring.identity.agent.TestIssuer;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.agent.svid.SpiffeTrustManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Envoy without SDS server, whose secrets are our files in a {@code watched_directory}. */
class RealEnvoyFilesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int ROTATIONS = 5;

  @TempDir private Path directory;

  private final String address = "127.%d.7.%d".formatted(random(128, 192), random(1, 255));
  private final Instant now = Instant.now();
  private final TestIssuer first = new TestIssuer(now.minusSeconds(60));
  private @Nullable Process envoy;
  private int port;

  @BeforeEach
  void findPort() throws IOException {
    Optional<Path> binary = EnvoyBinary.find();
    assumeTrue(binary.isPresent(), "skipped: needs Envoy by ENVOY_BINARY or PATH");
    try (ServerSocket free = new ServerSocket()) {
      free.bind(new InetSocketAddress(address, 0));
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (envoy != null) {
      envoy.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void eachRotationIsPickedUpAndNeverHalfOfIt() throws Exception {
    Path certs = directory.resolve("certs");
    SvidFiles files = SvidFiles.open(certs);
    files.write(credentials(first));
    start(certs);
    await().atMost(PATIENCE).ignoreExceptions().until(() -> shown(first) != null);

    for (int i = 0; i < ROTATIONS; i++) {
      TestIssuer issuer = new TestIssuer(now.minusSeconds(60)); // the root changes too
      Credentials next = credentials(issuer);
      files.write(next);
      PublicKey expected = next.svid().leaf().getPublicKey();
      await().atMost(PATIENCE).ignoreExceptions().until(() -> shown(issuer).equals(expected));
    }

    // A key beside the chain of another SVID would have been refused, and said so.
    assertThat(Files.readString(directory.resolve("log")))
        .doesNotContain("KEY_VALUES_MISMATCH", "update_rejected", "Failed to load");
  }

  /** Returns the key that Envoy shows to who trusts {@code issuer}. */
  private PublicKey shown(TestIssuer issuer) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(
        null,
        new TrustManager[] {
          new SpiffeTrustManager(issuer.bundle(), InstantSource.system(), id -> true, "anybody")
        },
        null);
    try (SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket()) {
      socket.connect(new InetSocketAddress(address, port), 2_000);
      socket.setSoTimeout(5_000);
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0].getPublicKey();
    }
  }

  private Credentials credentials(TestIssuer issuer) {
    KeyPair key = TestIssuer.newKey();
    X509Certificate leaf =
        issuer.leaf(
            key.getPublic(),
            TestIssuer.RATINGS.toString(),
            now.minusSeconds(60),
            now.plusSeconds(3600));
    return new Credentials(X509Svid.of(List.of(leaf), key.getPrivate()), issuer.bundle());
  }

  private void start(Path certs) throws IOException {
    Path secret =
        Files.writeString(
            directory.resolve("sds.yaml"),
            """
            resources:
            - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
              name: default
              tls_certificate:
                certificate_chain: {filename: %1$s/cert-chain.pem}
                private_key: {filename: %1$s/key.pem}
                watched_directory: {path: %1$s}
            """
                .formatted(certs));
    Path bootstrap =
        Files.writeString(
            directory.resolve("envoy.yaml"),
            """
            node: {id: files, cluster: files}
            static_resources:
              listeners:
              - name: in
                address: {socket_address: {address: %s, port_value: %d}}
                filter_chains:
                - filters:
                  - name: http
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: in
                      route_config: {name: none}
                  transport_socket:
                    name: tls
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      disable_stateless_session_resumption: true
                      common_tls_context:
                        tls_certificate_sds_secret_configs:
                        - {name: default, sds_config: {resource_api_version: V3, path_config_source: {path: %s}}}
            """
                .formatted(address, port, secret));
    envoy =
        new ProcessBuilder(
                EnvoyBinary.find().orElseThrow().toString(),
                "-c",
                bootstrap.toString(),
                "--concurrency",
                "1",
                "--disable-hot-restart")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
  }

  private static int random(int from, int to) {
    return ThreadLocalRandom.current().nextInt(from, to);
  }
}
