package io.mooring.identity.agent.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.mooring.identity.X509Svid;
import io.mooring.identity.agent.TestIssuer;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.api.workload.SpiffeWorkloadAPIGrpc;
import io.mooring.identity.api.workload.X509BundlesRequest;
import io.mooring.identity.api.workload.X509BundlesResponse;
import io.mooring.identity.api.workload.X509SVID;
import io.mooring.identity.api.workload.X509SVIDRequest;
import io.mooring.identity.api.workload.X509SVIDResponse;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers are sentences of the SPIFFE Workload Endpoint (WE) and Workload API (WA). */
class WorkloadApiServerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final TestIssuer issuer = new TestIssuer(NOW);
  private final Credentials first = credentials(NOW.plusSeconds(600));
  private WorkloadApiServer server;
  private TestSocket client;
  private Path socket;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    socket = directory.resolve("workload.sock");
    server = WorkloadApiServer.start(socket, first);
    client = new TestSocket(socket);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void callWithoutSecurityHeaderIsAnInvalidArgument() { // WE-5, WE-6, WE-15
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        () -> client.stub(new String[0]).fetchX509SVID(request()).next());
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        () ->
            client
                .stub(new String[0])
                .fetchX509Bundles(X509BundlesRequest.getDefaultInstance())
                .next());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRUE", "True", "false", "1", "true ,true"})
  void securityHeaderIsCaseSensitive(String value) { // WE-5
    assertStatus(
        Status.Code.INVALID_ARGUMENT, () -> client.stub(value).fetchX509SVID(request()).next());
  }

  @Test
  void twoSecurityHeadersAreNotOne() {
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        () -> client.stub("false", "true").fetchX509SVID(request()).next());
  }

  @ParameterizedTest
  @ValueSource(strings = {"FetchWITSVID", "FetchWITBundles"})
  void profileThatIsNotServedIsUnimplemented(String method) { // WA-41
    MethodDescriptor<X509SVIDRequest, X509SVIDResponse> call =
        SpiffeWorkloadAPIGrpc.getFetchX509SVIDMethod().toBuilder()
            .setFullMethodName("SpiffeWorkloadAPI/" + method)
            .build();
    assertStatus(
        Status.Code.UNIMPLEMENTED,
        () ->
            ClientCalls.blockingServerStreamingCall(
                    client.channel(), call, client.stub().getCallOptions(), request())
                .next());
  }

  @Test
  void svidComesAtOnceWithLeafFirstPlainKeyAndBundle() throws Exception { // WA-8, 14, 15, 17
    X509SVIDResponse response = client.stub().fetchX509SVID(request()).next();

    assertThat(response.getSvidsList()).hasSize(1);
    X509SVID svid = response.getSvids(0);
    assertThat(svid.getSpiffeId()).isEqualTo(TestIssuer.RATINGS.toString());
    assertThat(certificates(svid.getX509Svid().toByteArray()))
        .isEqualTo(new ArrayList<>(first.svid().chain()));
    assertThat(
            KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(svid.getX509SvidKey().toByteArray())))
        .isEqualTo(first.key());
    assertThat(certificates(svid.getBundle().toByteArray())).containsExactly(issuer.root());
  }

  @Test
  void bundlesAreKeyedByTrustDomain() throws Exception { // WA-23
    X509BundlesResponse response =
        client.stub().fetchX509Bundles(X509BundlesRequest.getDefaultInstance()).next();

    assertThat(response.getBundlesMap()).containsOnlyKeys("spiffe://cluster.local");
    assertThat(certificates(response.getBundlesOrThrow("spiffe://cluster.local").toByteArray()))
        .containsExactly(issuer.root());
  }

  @Test
  void renewedSvidReachesAnOpenStreamInFull() { // WA-5, WA-6
    Iterator<X509SVIDResponse> stream = client.stub().fetchX509SVID(request());
    X509SVID before = stream.next().getSvids(0);

    Credentials renewed = credentials(NOW.plusSeconds(1200));
    server.serve(renewed);

    X509SVID after = stream.next().getSvids(0);
    assertThat(after).isEqualTo(X509Profile.svids(renewed).getSvids(0));
    assertThat(after.getX509Svid()).isNotEqualTo(before.getX509Svid());
    assertThat(after.getBundle()).isEqualTo(before.getBundle());
  }

  @Test
  void whatDidNotChangeIsNotSentAgain() {
    Iterator<X509BundlesResponse> stream =
        client.stub().fetchX509Bundles(X509BundlesRequest.getDefaultInstance());
    stream.next();

    server.serve(credentials(NOW.plusSeconds(1200))); // another leaf, the same roots
    TestIssuer other = new TestIssuer(NOW);
    server.serve(new Credentials(first.svid(), other.bundle()));

    assertThat(stream.next())
        .isEqualTo(X509Profile.bundles(new Credentials(first.svid(), other.bundle())));
  }

  @Test
  void clientThatReadsSlowlyGetsTheLatest() {
    Iterator<X509SVIDResponse> stream = client.stub().fetchX509SVID(request());
    Credentials second = credentials(NOW.plusSeconds(1200));
    for (int i = 0; i < 2_000; i++) {
      server.serve(i % 2 == 0 ? second : first);
    }
    Credentials last = credentials(NOW.plusSeconds(1800));
    server.serve(last);

    X509SVIDResponse wanted = X509Profile.svids(last);
    int messages = 0;
    X509SVIDResponse response;
    do {
      response = stream.next();
      messages++;
    } while (!response.equals(wanted));
    assertThat(messages).isLessThan(2_000);
  }

  @Test
  void closeEndsStreamsAsUnavailable() {
    Iterator<X509SVIDResponse> stream = client.stub().fetchX509SVID(request());
    stream.next();

    server.close();
    server.close();

    assertStatus(Status.Code.UNAVAILABLE, stream::next);
    assertThat(socket).doesNotExist();
  }

  private static void assertStatus(
      Status.Code code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).as(e.toString()).isEqualTo(code));
  }

  private Credentials credentials(Instant expiry) {
    KeyPair key = TestIssuer.newKey();
    return new Credentials(
        X509Svid.of(
            List.of(issuer.leaf(key.getPublic(), TestIssuer.RATINGS.toString(), NOW, expiry)),
            key.getPrivate()),
        issuer.bundle());
  }

  private static List<Certificate> certificates(byte[] der) throws Exception {
    return new ArrayList<>(
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(der)));
  }

  private static X509SVIDRequest request() {
    return X509SVIDRequest.getDefaultInstance();
  }
}
