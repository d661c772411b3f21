package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
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
import io.mooring.identity.attest.jwt.JwkSource;
import io.mooring.identity.attest.jwt.JwtVerifier;
import io.mooring.identity.attest.oidc.OidcAttestor;
import io.mooring.identity.bootstrap.BootstrapBundle;
import io.mooring.identity.bootstrap.BootstrapFiles;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.identity.bootstrap.ControlPlane;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.identity.issue.AdmissionPolicy;
import io.mooring.identity.issue.AdmissionRule;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent and the issuer of mesh-identity, as they meet on the wire. */
class RealIssuerTest {

  private static final Duration TTL = Duration.ofHours(1);
  private static final String PLATFORM = "https://platform.example";
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
  private final KeyPair platformKey = TestIssuer.newKey();
  private LocalCertificateAuthority authority;
  private JoinTokenStore tokens;
  private Server server;

  @BeforeEach
  void start() throws IOException {
    SecureRandom random = new SecureRandom();
    authority =
        LocalCertificateAuthority.open(directory.resolve("ca"), TestIssuer.DOMAIN, clock, random);
    tokens = JoinTokenStore.open(directory.resolve("tokens"), clock, random);
    SvidIssuer issuer =
        SvidIssuer.builder(authority, new OneGroup(), TestIssuer.CONTROL_PLANE)
            .attestor(new JoinTokenAttestor(tokens, clock))
            .attestor(
                new OidcAttestor(
                    "oidc",
                    new JwtVerifier(PLATFORM, "mooring", keys(platformKey), clock),
                    List.of()))
            .admission(
                new AdmissionPolicy(
                    List.of(AdmissionRule.of("demo", "ratings", Set.of("oidc:subject:vm-7")))))
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

  @Test
  void vmThatSleptPastTheEndOfItsSvidJoinsAloneWithItsPlatformsToken() throws Exception {
    Files.writeString(tokenFile(), platformToken(clock.instant().plus(TTL.multipliedBy(9))));
    try (VmAgent agent = agent("one").start()) {
      clock.advance(TTL.multipliedBy(2));
      executor.runReady();

      assertThat(agent.svidExpiresAt()).isAfter(clock.instant());
      assertThat(decisions)
          .extracting(IssueEvent::evidence)
          .containsExactly("oidc:vm-7", "oidc:vm-7");
    }
  }

  @Test
  void usedJoinTokenIsNoWayBackAndANewOneIsTakenFromTheFile() throws IOException {
    try (VmAgent agent = agent("one").start()) {
      clock.advance(TTL.multipliedBy(2));
      executor.runReady();
      assertThat(decisions.get(1).refusal()).isPresent();
      assertThat(agent.svidExpiresAt()).isBefore(clock.instant());

      Files.writeString(
          tokenFile(), tokens.create("demo", "ratings", Duration.ofHours(1)).reveal());
      executor.advance(RotationPolicy.DEFAULT.maxBackOff());

      assertThat(agent.svidExpiresAt()).isAfter(clock.instant());
    }
  }

  private Path tokenFile() {
    return directory.resolve("bundle").resolve(BootstrapFiles.TOKEN);
  }

  private String platformToken(Instant expiry) throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k1").build(),
            new JWTClaimsSet.Builder()
                .issuer(PLATFORM)
                .audience("mooring")
                .subject("vm-7")
                .expirationTime(Date.from(expiry))
                .build());
    jwt.sign(new ECDSASigner((ECPrivateKey) platformKey.getPrivate()));
    return jwt.serialize();
  }

  private static JwkSource keys(KeyPair key) {
    ECKey jwk = new ECKey.Builder(Curve.P_256, (ECPublicKey) key.getPublic()).keyID("k1").build();
    return JwkSource.of(new JWKSet(jwk).toString());
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
