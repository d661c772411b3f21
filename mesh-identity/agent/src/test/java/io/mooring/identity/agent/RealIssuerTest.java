package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.X509Svid;
import io.mooring.identity.attest.jointoken.JoinTokenAttestor;
import io.mooring.identity.attest.jointoken.JoinTokenStore;
import io.mooring.identity.bootstrap.BootstrapBundle;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.identity.bootstrap.ControlPlane;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.identity.issue.IssueEvent;
import io.mooring.identity.issue.LifetimePolicy;
import io.mooring.identity.issue.SvidIssuer;
import io.mooring.identity.server.CertificateService;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent and the issuer of mesh-identity, as they meet on the wire. */
class RealIssuerTest {

  private static final Duration TTL = Duration.ofHours(1);
  private static final WorkloadGroup RATINGS =
      WorkloadGroup.builder()
          .metadata(Metadata.of("demo", "ratings"))
          .spec(
              WorkloadGroupSpec.builder()
                  .template(WorkloadEntrySpec.builder().serviceAccount("ratings").build())
                  .build())
          .build();

  @TempDir Path directory;

  private final FakeClock clock = new FakeClock(Instant.now());
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final List<IssueEvent> decisions = new CopyOnWriteArrayList<>();
  private LocalCertificateAuthority authority;
  private Server server;

  @BeforeEach
  void start() throws IOException {
    SecureRandom random = new SecureRandom();
    authority =
        LocalCertificateAuthority.open(directory.resolve("ca"), TestIssuer.DOMAIN, clock, random);
    JoinTokenStore tokens = JoinTokenStore.open(directory.resolve("tokens"), clock, random);
    SvidIssuer issuer =
        SvidIssuer.builder(authority, new OneGroup(), TestIssuer.CONTROL_PLANE)
            .attestor(new JoinTokenAttestor(tokens, clock))
            .lifetimes(new LifetimePolicy(TTL))
            .clock(clock)
            .observer(decisions::add)
            .build();
    KeyPair key = TestIssuer.newKey();
    X509Svid own =
        authority.issue(
            SvidTemplate.builder()
                .id(TestIssuer.CONTROL_PLANE)
                .publicKey(key.getPublic())
                .ttl(Duration.ofDays(1))
                .build());
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forServer(
                            key.getPrivate(), own.chain().toArray(X509Certificate[]::new)),
                        SslProvider.JDK)
                    // Would look at the machine's clock; the issuer verifies again, by the test's.
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .clientAuth(ClientAuth.OPTIONAL)
                    .build())
            .addService(new CertificateService(issuer))
            .build()
            .start();
    BootstrapWriter.write(
        BootstrapBundle.forGroup(RATINGS)
            .controlPlane(new ControlPlane("127.0.0.1", server.getPort(), TestIssuer.CONTROL_PLANE))
            .trustBundle(authority.trustBundle())
            .token(tokens.create("demo", "ratings", Duration.ofHours(1)).reveal())
            .build(),
        directory.resolve("bundle"));
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
  }

  @Test
  void tokenThatAnotherVmUsedIsRefused() {
    try (VmAgent first = agent("one").start()) {
      assertThatThrownBy(() -> agent("two").start())
          .isInstanceOf(JoinRefusedException.class)
          .hasMessageContaining("UNAUTHENTICATED: join refused");
      assertThat(first.spiffeId()).isEqualTo(TestIssuer.RATINGS);
    }
  }

  @Test
  void svidIsRenewedByCertificateForAsLongAsTheVmLives() {
    try (VmAgent agent = agent("one").start()) {
      executor.advance(TTL.multipliedBy(3));

      assertThat(agent.svidExpiresAt()).isAfter(clock.instant());
      assertThat(decisions).hasSizeGreaterThan(4).allMatch(event -> event.refusal().isEmpty());
      assertThat(decisions.subList(1, decisions.size()))
          .allMatch(event -> event.evidence().startsWith("certificate:"));
    }
  }

  private VmAgentBuilder agent(String state) {
    return VmAgent.builder()
        .bundle(directory.resolve("bundle"))
        .state(directory.resolve(state))
        .clock(clock)
        .executor(executor)
        .observer(new AgentObserver() {});
  }

  private static final class OneGroup implements WorkloadGroups {
    @Override
    public Optional<WorkloadGroup> find(ConfigKey key) {
      return key.equals(RATINGS.key()) ? Optional.of(RATINGS) : Optional.empty();
    }

    @Override
    public Collection<WorkloadGroup> inNamespace(String namespace) {
      return namespace.equals("demo") ? List.of(RATINGS) : List.of();
    }
  }
}
