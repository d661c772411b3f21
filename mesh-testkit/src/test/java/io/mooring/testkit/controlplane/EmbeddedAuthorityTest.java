package io.mooring.testkit.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.api.IstioCertificateRequest;
import io.mooring.identity.api.IstioCertificateServiceGrpc;
import io.mooring.identity.ca.CaObserver;
import io.mooring.identity.ca.CertificateRequest;
import io.mooring.model.spiffe.SpiffeId;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an embedder says of the CA of its control plane. */
class EmbeddedAuthorityTest {

  private static final String GROUP =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadGroup
      metadata: {name: ratings, namespace: demo}
      spec: {template: {serviceAccount: ratings}}
      """;

  private static final SpiffeId ID = SpiffeId.parse("spiffe://cluster.local/ns/demo/sa/ratings");

  @TempDir Path temporary;

  /** The JDK's own signatures, and which of them were made or checked. */
  private static final class Recording extends Provider {

    private static final long serialVersionUID = 1;

    private final transient List<String> used = new CopyOnWriteArrayList<>();

    Recording() {
      super("Recording", "1", "for this test");
      for (String jdk : List.of("SunEC", "SunRsaSign")) {
        Security.getProvider(jdk).getServices().forEach(this::take);
      }
    }

    private void take(Service of) {
      putService(
          new Service(
              this, of.getType(), of.getAlgorithm(), of.getClassName(), List.of(), Map.of()) {
            @Override
            public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
              used.add(getAlgorithm());
              return of.newInstance(parameter);
            }
          });
    }
  }

  private MeshControlPlane.Builder mesh() throws Exception {
    Path config = Files.createDirectories(temporary.resolve("config"));
    Files.writeString(config.resolve("group.yaml"), GROUP);
    return MeshControlPlane.builder()
        .configDirectory(config)
        .dataDirectory(temporary.resolve("data"))
        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static X509Svid join(MeshControlPlane mesh, CertificateRequest request) throws Exception {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + mesh.createJoinToken("demo", "ratings", Duration.ofHours(1)).reveal());
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1",
                mesh.listenAddress().getPort(),
                TlsChannelCredentials.newBuilder()
                    .trustManager(new ByteArrayInputStream(Pem.bytes(mesh.trustBundle().toPem())))
                    .build())
            .build();
    try {
      return X509Svid.of(
          Pem.certificates(
              IstioCertificateServiceGrpc.newBlockingStub(channel)
                  .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                  .createCertificate(
                      IstioCertificateRequest.newBuilder().setCsr(request.toPem()).build())
                  .getCertChain(0)));
    } finally {
      channel.shutdownNow();
    }
  }

  /** The CA's key is EC and the machine's RSA, as Istio's agent has it. */
  @Test
  void givenProviderSignsCertificatesAndChecksRequests() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    Recording provider = new Recording();
    try (MeshControlPlane mesh = mesh().cryptoProvider(provider).start()) {
      assertThat(provider.used).contains("SHA256withECDSA").doesNotContain("SHA256withRSA");
      provider.used.clear();
      assertThat(join(mesh, CertificateRequest.create(keys, ID)).id()).isEqualTo(ID);
      assertThat(provider.used).contains("SHA256withECDSA", "SHA256withRSA");
    }
  }

  @Test
  void givenObserverHearsOfTheEndOfTheCa() throws Exception {
    List<Instant> ends = new CopyOnWriteArrayList<>();
    CaObserver observer =
        new CaObserver() {
          @Override
          public void endsSoon(X509Certificate issuer, Instant notAfter) {
            ends.add(notAfter);
          }
        };
    X509Certificate root;
    try (MeshControlPlane mesh = mesh().caObserver(observer).start()) {
      root = mesh.trustBundle().roots().get(0);
    }
    assertThat(ends).isEmpty();
    Instant end = root.getNotAfter().toInstant();
    InstantSource later =
        InstantSource.offset(
            InstantSource.system(),
            Duration.between(Instant.now(), end).minus(Duration.ofDays(29)));
    try (MeshControlPlane mesh = mesh().caObserver(observer).clock(later).start()) {
      assertThat(mesh.trustBundle().roots()).contains(root);
      assertThat(ends).containsExactly(end);
    }
  }
}
