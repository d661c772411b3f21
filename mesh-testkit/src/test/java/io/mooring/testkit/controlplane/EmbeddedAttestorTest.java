package io.mooring.testkit.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.BundleSet;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.JwtSvidVerifier;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.api.IstioCertificateRequest;
import io.mooring.identity.api.IstioCertificateServiceGrpc;
import io.mooring.identity.api.JwtSvidServiceGrpc;
import io.mooring.identity.api.MintJwtSvidRequest;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.kubernetes.KubernetesAttestor;
import io.mooring.identity.attest.kubernetes.ServiceAccount;
import io.mooring.identity.ca.CertificateRequest;
import io.mooring.identity.ca.WorkloadKey;
import io.mooring.identity.issue.IssueEvent;
import io.mooring.model.spiffe.SpiffeId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A control plane whose embedder lets service accounts in, over real TLS as agents call it. */
class EmbeddedAttestorTest {

  private static final String GROUP =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadGroup
      metadata: {name: ratings, namespace: demo}
      spec: {template: {serviceAccount: ratings}}
      """;

  private static final SpiffeId ID = SpiffeId.parse("spiffe://cluster.local/ns/demo/sa/ratings");

  @TempDir Path temporary;

  private final KeyPair keys = WorkloadKey.generate(new SecureRandom());
  private final List<IssueEvent> decisions = new CopyOnWriteArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private MeshControlPlane mesh;

  @BeforeEach
  void start() throws Exception {
    Path config = Files.createDirectory(temporary.resolve("config"));
    Files.writeString(config.resolve("group.yaml"), GROUP);
    mesh =
        MeshControlPlane.builder()
            .configDirectory(config)
            .dataDirectory(temporary.resolve("data"))
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .attestor(
                new KubernetesAttestor(
                    token ->
                        new ServiceAccount(
                            "demo", "ratings", Optional.empty(), Optional.empty())))
            .issueObserver(decisions::add)
            .start();
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    mesh.close();
  }

  private static InputStream pem(String text) {
    return new ByteArrayInputStream(Pem.bytes(text));
  }

  private ManagedChannel channel(Optional<X509Svid> own) throws IOException {
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder().trustManager(pem(mesh.trustBundle().toPem()));
    if (own.isPresent()) {
      credentials.keyManager(
          pem(Pem.encode(own.get().chain())),
          pem(Pem.encode("PRIVATE KEY", keys.getPrivate().getEncoded())));
    }
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", mesh.listenAddress().getPort(), credentials.build())
            .build();
    channels.add(channel);
    return channel;
  }

  private X509Svid join(String bearer) throws IOException {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + bearer);
    List<String> chain =
        IstioCertificateServiceGrpc.newBlockingStub(channel(Optional.empty()))
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .createCertificate(
                IstioCertificateRequest.newBuilder()
                    .setCsr(CertificateRequest.create(keys, ID).toPem())
                    .setValidityDuration(3600)
                    .build())
            .getCertChainList();
    assertThat(chain).hasSizeGreaterThanOrEqualTo(2); // Istio's agent refuses a leaf alone
    return X509Svid.of(Pem.certificates(chain.get(0)));
  }

  private static String accountToken() {
    String claims = "{\"sub\":\"system:serviceaccount:demo:ratings\"}";
    return "e30."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".AAAA";
  }

  @Test
  void machineJoinsByItsAccountAndMintsATokenByItsCertificate() throws Exception {
    X509Svid svid = join(accountToken());
    assertThat(svid.id()).isEqualTo(ID);
    String token =
        JwtSvidServiceGrpc.newBlockingStub(channel(Optional.of(svid)))
            .mintJwtSvid(MintJwtSvidRequest.newBuilder().addAudience("reviews").build())
            .getToken();
    JwtSvid verified =
        new JwtSvidVerifier(() -> BundleSet.of(mesh.trustBundle()), InstantSource.system())
            .verify(token, "reviews");
    assertThat(verified.id()).isEqualTo(ID);
    assertThat(decisions)
        .hasSize(2)
        .allMatch(event -> event.refusal().isEmpty())
        .extracting(event -> event.evidence().replaceFirst(":.*", ""))
        .containsExactly("kubernetes", "certificate");
  }

  @Test
  void joinTokensStayAndABanEndsBoth() throws Exception {
    String token = mesh.createJoinToken("demo", "ratings", Duration.ofHours(1)).reveal();
    assertThat(join(token).id()).isEqualTo(ID);
    mesh.bans().ban(ID);
    StatusRuntimeException refusal =
        catchThrowableOfType(StatusRuntimeException.class, () -> join(accountToken()));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(decisions.get(1).refusal()).contains(RefusalReason.BANNED);
  }
}
