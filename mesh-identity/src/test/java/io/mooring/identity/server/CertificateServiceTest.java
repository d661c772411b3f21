package io.mooring.identity.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.MetadataUtils;
import io.mooring.identity.BadInput;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.api.IstioCertificateRequest;
import io.mooring.identity.api.IstioCertificateServiceGrpc;
import io.mooring.identity.attest.Attestation;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.Csr;
import io.mooring.identity.issue.IssuerFixture;
import io.mooring.identity.issue.LifetimePolicy;
import io.mooring.identity.issue.RequestLimits;
import io.mooring.identity.issue.ServerSvid;
import io.mooring.identity.issue.SvidIssuer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real TLS, as agents call it. */
class CertificateServiceTest {

  private static final String ID = "spiffe://cluster.local/ns/demo/sa/bookinfo-ratings";
  private static final KeyPair KEYS = Csr.ec("secp256r1");

  @TempDir Path temporary;

  private final InstantSource clock = Instant::now; // TLS checks times by the system's clock
  private final List<ManagedChannel> channels = new ArrayList<>();
  private IssuerFixture fixture;
  private Server server;

  @BeforeEach
  void start() throws IOException {
    fixture = new IssuerFixture(temporary, clock);
    server = serve(fixture.issuer);
  }

  private Server serve(SvidIssuer issuer) throws IOException {
    X509Svid svid =
        new ServerSvid(
                fixture.authority,
                IssuerFixture.CONTROL_PLANE,
                List.of("127.0.0.1"),
                LifetimePolicy.DEFAULT,
                clock,
                new SecureRandom())
            .current();
    return Grpc.newServerBuilderForPort(
            0,
            TlsServerCredentials.newBuilder()
                .keyManager(pem(svid.chain()), pem(svid.privateKey().orElseThrow()))
                .trustManager(pem(fixture.authority.trustBundle().roots()))
                .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                .build())
        .addService(new CertificateService(issuer))
        .build()
        .start();
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
  }

  private static InputStream pem(List<X509Certificate> chain) {
    return new ByteArrayInputStream(Pem.bytes(Pem.encode(chain)));
  }

  private static InputStream pem(PrivateKey key) {
    return new ByteArrayInputStream(Pem.bytes(Pem.encode("PRIVATE KEY", key.getEncoded())));
  }

  /** Returns the chain that the service answers, one PEM text an element. */
  private List<String> call(
      @Nullable X509Svid certificate,
      @Nullable String authorization,
      IstioCertificateRequest request)
      throws IOException {
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder()
            .trustManager(pem(fixture.authority.trustBundle().roots()));
    if (certificate != null) {
      credentials.keyManager(pem(certificate.chain()), pem(KEYS.getPrivate()));
    }
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress("127.0.0.1", server.getPort(), credentials.build())
            .build();
    channels.add(channel);
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("clusterid", Metadata.ASCII_STRING_MARSHALLER), "Kubernetes");
    if (authorization != null) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
    }
    return IstioCertificateServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .createCertificate(request)
        .getCertChainList();
  }

  private static IstioCertificateRequest request(String csr) {
    return IstioCertificateRequest.newBuilder().setCsr(csr).build();
  }

  private static IstioCertificateRequest good() {
    return request(Csr.of(KEYS).uri(ID).pem());
  }

  private String token() {
    return fixture.token("demo", "ratings").reveal();
  }

  private X509Svid joined() throws IOException {
    return X509Svid.of(Pem.certificates(call(null, "Bearer " + token(), good()).get(0)));
  }

  private void assertStatus(
      Status.Code code,
      String description,
      @Nullable X509Svid certificate,
      @Nullable String authorization,
      IstioCertificateRequest request) {
    StatusRuntimeException refusal =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> call(certificate, authorization, request));
    assertThat(refusal).isNotNull();
    assertThat(refusal.getStatus().getCode()).isEqualTo(code);
    assertThat(refusal.getStatus().getDescription()).contains(description);
  }

  private void assertJoinRefused(
      RefusalReason reason, @Nullable String authorization, IstioCertificateRequest request) {
    assertStatus(Status.Code.UNAUTHENTICATED, "join refused", null, authorization, request);
    assertThat(fixture.lastDecision().refusal()).contains(reason);
    assertThat(fixture.lastDecision().peer()).isEqualTo("127.0.0.1");
  }

  @Test
  void callerWithoutProofLearnsOnlyThatItIsRefused() {
    String token = token();
    fixture.tokens.revoke(token.substring(0, 16));
    assertJoinRefused(RefusalReason.NO_CREDENTIAL, null, good());
    assertJoinRefused(RefusalReason.NO_CREDENTIAL, null, request("hello"));
    assertJoinRefused(RefusalReason.MALFORMED_TOKEN, "Bearer x", good());
    assertJoinRefused(RefusalReason.MALFORMED_TOKEN, "Bearer x", request("hello"));
    assertJoinRefused(RefusalReason.REVOKED_TOKEN, "Bearer " + token, good());
    assertJoinRefused(RefusalReason.REVOKED_TOKEN, "Bearer " + token, request("hello"));
    assertJoinRefused(
        RefusalReason.UNKNOWN_TOKEN, "Bearer 0123456789abcdef." + "A".repeat(43), good());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Basic eDp5", "Bearer a b"})
  void headerOfAnotherFormIsNoCredential(String authorization) {
    assertJoinRefused(RefusalReason.MALFORMED_TOKEN, authorization, good());
  }

  @Test
  void tokenOfAnotherGroupIsRefusedAlike() {
    fixture.group("demo", "reviews", "bookinfo-reviews");
    String token = fixture.token("demo", "reviews").reveal();
    assertJoinRefused(RefusalReason.OTHER_IDENTITY, "Bearer " + token, good());
  }

  @Test
  @BadInput(57)
  void identityInAHeaderCountsForNothing() {
    StatusRuntimeException refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> {
              ManagedChannel channel =
                  Grpc.newChannelBuilderForAddress(
                          "127.0.0.1",
                          server.getPort(),
                          TlsChannelCredentials.newBuilder()
                              .trustManager(pem(fixture.authority.trustBundle().roots()))
                              .build())
                      .build();
              channels.add(channel);
              Metadata headers = new Metadata();
              headers.put(
                  Metadata.Key.of("x-forwarded-client-cert", Metadata.ASCII_STRING_MARSHALLER),
                  "By=spiffe://cluster.local/x;URI=" + ID); // GHSA-6c6p-h79f-g6p4
              IstioCertificateServiceGrpc.newBlockingStub(channel)
                  .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                  .createCertificate(good());
            });
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void badRequestOfAProvedCallerIsExplainedAndLeavesTheTokenUnused() throws IOException {
    String bearer = "Bearer " + token();
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        "no proof of possession",
        null,
        bearer,
        request(Csr.p256().signedBy(KEYS).pem()));
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        "validity_duration",
        null,
        bearer,
        good().toBuilder().setValidityDuration(Long.MAX_VALUE).build());
    assertThat(call(null, bearer, good())).hasSize(2);
  }

  @Test
  void certifiedCallerLearnsTheReason() throws IOException {
    X509Svid svid = joined();
    assertStatus(
        Status.Code.PERMISSION_DENIED,
        "other-identity",
        svid,
        null,
        request(Csr.p256().uri(ID + "2").pem()));
    fixture.groupsByKey.clear();
    assertStatus(Status.Code.PERMISSION_DENIED, "unknown-group", svid, null, good());
  }

  @Test
  void plaintextCallerHasNoCertificateToRenew() throws IOException {
    Server plaintext =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new CertificateService(fixture.issuer))
            .build()
            .start();
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", plaintext.getPort(), io.grpc.InsecureChannelCredentials.create())
            .build();
    channels.add(channel);
    try {
      StatusRuntimeException refusal =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> IstioCertificateServiceGrpc.newBlockingStub(channel).createCertificate(good()));
      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    } finally {
      plaintext.shutdownNow();
    }
  }

  @Test
  void chainHasTheLeafFirstAndEndsInTheRoots() throws Exception {
    List<String> chain = call(null, "Bearer " + token(), good());
    assertThat(chain).hasSize(2);
    assertThat(chain.get(1)).isEqualTo(fixture.authority.trustBundle().toPem());
    List<X509Certificate> leaf = Pem.certificates(chain.get(0));
    assertThat(new X509SvidVerifier(fixture.authority.trustBundle(), clock).verify(leaf))
        .hasToString(ID);
  }

  /**
   * What pilot-agent sends: RSA, or EC with ECC_SIGNATURE_ALGORITHM=ECDSA, 24 h, CertSigner; then
   * again over a connection without a certificate yet, and by certificate, without the token.
   */
  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 256"})
  void istioAgentJoinsAndRenews(String algorithm, int bits) throws IOException {
    KeyPair key = Csr.keys(algorithm, bits);
    IstioCertificateRequest istio =
        IstioCertificateRequest.newBuilder()
            .setCsr(Csr.of(key).uri(ID).pem())
            .setValidityDuration(86_400)
            .setMetadata(
                Struct.newBuilder()
                    .putFields("CertSigner", Value.newBuilder().setStringValue("").build()))
            .build();
    List<String> chain = call(null, "bearer " + token(), istio);
    assertThat(X509Svid.of(Pem.certificates(chain.get(0))).id()).hasToString(ID);
    X509Svid svid = joined();
    assertThat(call(svid, null, istio)).hasSize(2);
  }

  @Test
  void agentThatGoesOnSendingItsUsedTokenRenewsByItsCertificate() throws IOException {
    String bearer = "Bearer " + token();
    X509Svid svid = X509Svid.of(Pem.certificates(call(null, bearer, good()).get(0)));
    KeyPair next = Csr.ec("secp256r1");
    List<String> chain = call(svid, bearer, request(Csr.of(next).uri(ID).pem()));
    assertThat(Pem.certificates(chain.get(0)).get(0).getPublicKey().getEncoded())
        .isEqualTo(next.getPublic().getEncoded());
    assertThat(fixture.lastDecision().evidence())
        .isEqualTo("certificate:" + svid.leaf().getSerialNumber().toString(16));
  }

  /**
   * As of a TokenReview while the Kubernetes API is away: without the token it would be granted.
   */
  @Test
  void tokenThatCannotBeJudgedNowDoesNotKeepACertificateFromItsRenewal() throws IOException {
    X509Svid svid = joined();
    server.shutdownNow();
    server = serve(fixture.builder().attestor(new AwayAttestor()).build());
    assertStatus(Status.Code.UNAVAILABLE, "try again", null, "Bearer platform", good());
    assertThat(call(svid, "Bearer platform", good())).hasSize(2);
  }

  @Test
  void limitOfRequestsIsNotPassedByShowingACertificateAsWell() throws IOException {
    X509Svid svid = joined();
    server.shutdownNow();
    RequestLimits.Rate one = new RequestLimits.Rate(1, 1);
    server = serve(fixture.builder().limits(new RequestLimits(one, one, 8)).build());
    assertThat(call(svid, null, good())).hasSize(2);
    int decisions = fixture.decisions.size();
    assertStatus(Status.Code.RESOURCE_EXHAUSTED, "later", svid, "Bearer " + token(), good());
    assertThat(fixture.decisions).hasSize(decisions + 1);
  }

  /** Cannot ask whom it would have to ask. */
  private static final class AwayAttestor implements Attestor {
    @Override
    public String kind() {
      return "away";
    }

    @Override
    public boolean recognizes(String bearer) {
      return bearer.equals("platform");
    }

    @Override
    public Attestation attest(AttestationRequest request) {
      throw new RefusedException(RefusalReason.UNAVAILABLE, "no answer");
    }
  }
}
