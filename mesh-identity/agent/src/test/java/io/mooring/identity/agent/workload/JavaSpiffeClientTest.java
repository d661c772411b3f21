package io.mooring.identity.agent.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.identity.BundleSet;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.X509Svid;
import io.mooring.identity.agent.TestIssuer;
import io.mooring.identity.agent.TestJwt;
import io.mooring.identity.agent.svid.Credentials;
import io.spiffe.bundle.x509bundle.X509BundleSet;
import io.spiffe.exception.JwtSvidException;
import io.spiffe.spiffeid.TrustDomain;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.DefaultX509Source;
import io.spiffe.workloadapi.WorkloadApiClient;
import io.spiffe.workloadapi.X509Context;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program with java-spiffe, which does not know us, sees. */
class JavaSpiffeClientTest {

  private static final TrustDomain DOMAIN = TrustDomain.parse("cluster.local");

  private final Instant now = Instant.now();
  private final TestIssuer issuer = new TestIssuer(now.minusSeconds(60));
  private final Credentials first = credentials(now.plusSeconds(600));
  private final InstantSource clock = InstantSource.system();
  private final TestJwt jwt = new TestJwt();
  private final JwtSvidSource tokens =
      audience ->
          JwtSvid.parse(jwt.token(TestIssuer.RATINGS.toString(), audience, now.plusSeconds(300)));
  private WorkloadApiServer server;
  private String address;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    Path socket = directory.resolve("workload.sock");
    server = WorkloadApiServer.start(socket, first, tokens, clock);
    address = "unix://" + socket;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void clientGetsContextAndBundles() throws Exception {
    try (WorkloadApiClient client =
        DefaultWorkloadApiClient.newClient(
            DefaultWorkloadApiClient.ClientOptions.builder().spiffeSocketPath(address).build())) {
      X509Context context = client.fetchX509Context();
      X509BundleSet bundles = client.fetchX509Bundles();

      assertThat(context.getDefaultSvid().getSpiffeId()).hasToString(TestIssuer.RATINGS.toString());
      assertThat(context.getDefaultSvid().getChain()).isEqualTo(first.svid().chain());
      assertThat(context.getDefaultSvid().getPrivateKey()).isEqualTo(first.key());
      assertThat(bundles.getBundleForTrustDomain(DOMAIN).getX509Authorities())
          .containsExactly(issuer.root());
    }
  }

  @Test
  void clientGetsAndValidatesJwtSvids() throws Exception {
    server.serve(first.with(jwt.in(issuer.bundle()), BundleSet.EMPTY));
    try (WorkloadApiClient client =
        DefaultWorkloadApiClient.newClient(
            DefaultWorkloadApiClient.ClientOptions.builder().spiffeSocketPath(address).build())) {
      var svid = client.fetchJwtSvid("db", "cache");
      var bundles = client.fetchJwtBundles();

      assertThat(svid.getSpiffeId()).hasToString(TestIssuer.RATINGS.toString());
      assertThat(svid.getAudience()).contains("db", "cache");
      assertThat(bundles.getBundleForTrustDomain(DOMAIN).getJwtAuthorities())
          .containsOnlyKeys("k1");
      assertThat(client.validateJwtSvid(svid.getToken(), "db").getSpiffeId())
          .isEqualTo(svid.getSpiffeId());
      assertThatThrownBy(() -> client.validateJwtSvid(svid.getToken(), "other"))
          .isInstanceOf(JwtSvidException.class);
    }
  }

  @Test
  void sourceFollowsTheRotation() throws Exception {
    try (DefaultX509Source source =
        DefaultX509Source.newSource(
            DefaultX509Source.X509SourceOptions.builder()
                .spiffeSocketPath(address)
                .initTimeout(Duration.ofSeconds(10))
                .build())) {
      assertThat(source.getX509Svid().getLeaf()).isEqualTo(first.svid().leaf());

      Credentials renewed = credentials(now.plusSeconds(1200));
      server.serve(renewed);

      await()
          .untilAsserted(
              () -> assertThat(source.getX509Svid().getLeaf()).isEqualTo(renewed.svid().leaf()));
    }
  }

  private Credentials credentials(Instant expiry) {
    KeyPair key = TestIssuer.newKey();
    return new Credentials(
        X509Svid.of(
            List.of(
                issuer.leaf(
                    key.getPublic(), TestIssuer.RATINGS.toString(), now.minusSeconds(60), expiry)),
            key.getPrivate()),
        issuer.bundle());
  }
}
