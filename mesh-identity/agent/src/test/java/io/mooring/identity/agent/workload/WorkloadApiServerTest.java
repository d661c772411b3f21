package io.mooring.identity.agent.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.mooring.identity.BundleSet;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.agent.TestIssuer;
import io.mooring.identity.agent.TestJwt;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.api.workload.JWTBundlesRequest;
import io.mooring.identity.api.workload.JWTBundlesResponse;
import io.mooring.identity.api.workload.JWTSVIDRequest;
import io.mooring.identity.api.workload.JWTSVIDResponse;
import io.mooring.identity.api.workload.SpiffeWorkloadAPIGrpc;
import io.mooring.identity.api.workload.ValidateJWTSVIDRequest;
import io.mooring.identity.api.workload.ValidateJWTSVIDResponse;
import io.mooring.identity.api.workload.X509BundlesRequest;
import io.mooring.identity.api.workload.X509BundlesResponse;
import io.mooring.identity.api.workload.X509SVID;
import io.mooring.identity.api.workload.X509SVIDRequest;
import io.mooring.identity.api.workload.X509SVIDResponse;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.FakeClock;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers are sentences of the SPIFFE Workload Endpoint (WE) and Workload API (WA). */
class WorkloadApiServerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final FakeClock clock = new FakeClock(NOW);
  private final TestJwt jwt = new TestJwt();
  private final List<List<String>> minted = new CopyOnWriteArrayList<>();
  private volatile boolean controlPlaneUp = true;
  private final JwtSvidSource tokens = this::mint;
  private final TestIssuer issuer = new TestIssuer(NOW);
  private final Credentials first = credentials(NOW.plusSeconds(600));
  private WorkloadApiServer server;
  private TestSocket client;
  private Path socket;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    socket = directory.resolve("workload.sock");
    server = WorkloadApiServer.start(socket, first, tokens, clock);
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

  @ParameterizedTest
  @ValueSource(strings = {"", "a,", "a,,b"})
  void audienceIsMandatory(String audience) { // WA-12, WA-26
    JWTSVIDRequest.Builder request = JWTSVIDRequest.newBuilder();
    if (!audience.isEmpty()) {
      request.addAllAudience(List.of(audience.split(",", -1)));
    }
    assertStatus(Status.Code.INVALID_ARGUMENT, () -> client.stub().fetchJWTSVID(request.build()));
    assertThat(minted).isEmpty();
  }

  @Test
  void jwtSvidIsForTheWholeAudience() { // WA-26, WA-27, WA-28
    JWTSVIDResponse response = client.stub().fetchJWTSVID(audience("db", "cache", "db"));

    assertThat(response.getSvidsList()).hasSize(1);
    assertThat(response.getSvids(0).getSpiffeId()).isEqualTo(TestIssuer.RATINGS.toString());
    JwtSvid svid = JwtSvid.parse(response.getSvids(0).getSvid());
    assertThat(svid.id()).isEqualTo(TestIssuer.RATINGS);
    assertThat(svid.audience()).containsExactly("cache", "db");
  }

  @Test
  void jwtSvidOfAnotherIdentityIsDenied() { // WA-31
    JWTSVIDRequest other =
        audience("db").toBuilder().setSpiffeId("spiffe://cluster.local/ns/demo/sa/web").build();
    assertStatus(Status.Code.PERMISSION_DENIED, () -> client.stub().fetchJWTSVID(other));
    JWTSVIDRequest wrong = audience("db").toBuilder().setSpiffeId("http://x").build();
    assertStatus(Status.Code.INVALID_ARGUMENT, () -> client.stub().fetchJWTSVID(wrong));
    JWTSVIDRequest own =
        audience("db").toBuilder().setSpiffeId(TestIssuer.RATINGS.toString()).build();
    assertThat(client.stub().fetchJWTSVID(own).getSvidsCount()).isEqualTo(1);
  }

  @Test
  void jwtSvidIsKeptForHalfOfItsLifeAndServesThroughAnOutage() {
    String first = client.stub().fetchJWTSVID(audience("db")).getSvids(0).getSvid();
    clock.advance(Duration.ofSeconds(149));
    assertThat(client.stub().fetchJWTSVID(audience("db")).getSvids(0).getSvid()).isEqualTo(first);
    assertThat(minted).hasSize(1);

    clock.advance(Duration.ofSeconds(2));
    controlPlaneUp = false;
    assertThat(client.stub().fetchJWTSVID(audience("db")).getSvids(0).getSvid()).isEqualTo(first);
    controlPlaneUp = true;
    String second = client.stub().fetchJWTSVID(audience("db")).getSvids(0).getSvid();
    assertThat(second).isNotEqualTo(first);

    controlPlaneUp = false;
    clock.advance(Duration.ofSeconds(301));
    assertStatus(Status.Code.UNAVAILABLE, () -> client.stub().fetchJWTSVID(audience("db")));
  }

  @Test
  void jwtBundlesHaveOnlyJwtKeysAndFollowChanges() { // WA-33, WA-34
    Iterator<JWTBundlesResponse> stream =
        client.stub().fetchJWTBundles(JWTBundlesRequest.getDefaultInstance());
    assertThat(jwks(stream.next()).jwtKeys()).isEmpty();

    server.serve(first.with(jwt.in(issuer.bundle()), BundleSet.EMPTY));

    TrustBundle keys = jwks(stream.next());
    assertThat(keys.jwtKeys()).containsOnlyKeys("k1");
    assertThat(keys.roots()).isEmpty();
  }

  @Test
  void bundlesOfFederatedDomainsComeWithOurs() throws Exception { // WA-17, WA-23, WA-33
    TestIssuer other = new TestIssuer(NOW);
    TrustDomain foreign = new TrustDomain("other.example");
    TrustBundle theirs = jwt.in(new TrustBundle(foreign, List.of(other.root())));
    Iterator<X509SVIDResponse> svids = client.stub().fetchX509SVID(request());
    assertThat(svids.next().getFederatedBundlesMap()).isEmpty();

    server.serve(first.with(issuer.bundle(), BundleSet.of(theirs)));

    X509SVIDResponse after = svids.next();
    assertThat(after.getFederatedBundlesMap()).containsOnlyKeys("spiffe://other.example");
    assertThat(
            certificates(after.getFederatedBundlesOrThrow("spiffe://other.example").toByteArray()))
        .containsExactly(other.root());
    assertThat(after.getSvids(0).getBundle())
        .isEqualTo(X509Profile.svids(first).getSvids(0).getBundle());
    assertThat(
            client
                .stub()
                .fetchX509Bundles(X509BundlesRequest.getDefaultInstance())
                .next()
                .getBundlesMap())
        .containsOnlyKeys("spiffe://cluster.local", "spiffe://other.example");
    assertThat(
            client
                .stub()
                .fetchJWTBundles(JWTBundlesRequest.getDefaultInstance())
                .next()
                .getBundlesMap())
        .containsOnlyKeys("spiffe://cluster.local", "spiffe://other.example");
    String token = jwt.token("spiffe://other.example/db", List.of("web"), NOW.plusSeconds(60));
    assertThat(client.stub().validateJWTSVID(validate("web", token)).getSpiffeId())
        .isEqualTo("spiffe://other.example/db");
    String ours = jwt.token("spiffe://cluster.local/db", List.of("web"), NOW.plusSeconds(60));
    assertStatus(
        Status.Code.INVALID_ARGUMENT, // their key vouches for their domain alone
        () -> client.stub().validateJWTSVID(validate("web", ours)));
  }

  @Test
  void validationGivesIdentityAndClaims() { // WA-37, WA-38
    server.serve(first.with(jwt.in(issuer.bundle()), BundleSet.EMPTY));
    String token =
        jwt.token("spiffe://cluster.local/ns/demo/sa/web", List.of("db"), NOW.plusSeconds(60));

    ValidateJWTSVIDResponse response = client.stub().validateJWTSVID(validate("db", token));

    assertThat(response.getSpiffeId()).isEqualTo("spiffe://cluster.local/ns/demo/sa/web");
    assertThat(response.getClaims().getFieldsOrThrow("sub").getStringValue())
        .isEqualTo("spiffe://cluster.local/ns/demo/sa/web");
    assertThat(response.getClaims().getFieldsOrThrow("exp").getNumberValue())
        .isEqualTo((double) NOW.plusSeconds(60).getEpochSecond());
    assertThat(
            response
                .getClaims()
                .getFieldsOrThrow("nested")
                .getStructValue()
                .getFieldsOrThrow("list")
                .getListValue()
                .getValues(1)
                .getBoolValue())
        .isTrue();
  }

  @Test
  void whatIsNotValidIsAnInvalidArgument() { // WA-12, WA-37, WA-40
    server.serve(first.with(jwt.in(issuer.bundle()), BundleSet.EMPTY));
    String subject = "spiffe://cluster.local/ns/demo/sa/web";
    String good = jwt.token(subject, List.of("db"), NOW.plusSeconds(60));
    for (ValidateJWTSVIDRequest bad :
        List.of(
            validate("", good),
            validate("db", ""),
            validate("cache", good),
            validate("db", "no.jwt.here"),
            validate("db", jwt.token(subject, List.of("db"), NOW.minusSeconds(1))),
            validate("db", new TestJwt().token(subject, List.of("db"), NOW.plusSeconds(60))),
            validate(
                "db",
                jwt.token("spiffe://other/ns/demo/sa/web", List.of("db"), NOW.plusSeconds(60))))) {
      assertStatus(Status.Code.INVALID_ARGUMENT, () -> client.stub().validateJWTSVID(bad));
    }
    assertThat(client.stub().validateJWTSVID(validate("db", good)).getSpiffeId())
        .isEqualTo(subject);
  }

  private JwtSvid mint(List<String> audience) {
    minted.add(audience);
    if (!controlPlaneUp) {
      throw new IllegalStateException("away");
    }
    return JwtSvid.parse(
        jwt.token(TestIssuer.RATINGS.toString(), audience, clock.instant().plusSeconds(300)));
  }

  private static JWTSVIDRequest audience(String... audience) {
    return JWTSVIDRequest.newBuilder().addAllAudience(List.of(audience)).build();
  }

  private static ValidateJWTSVIDRequest validate(String audience, String token) {
    return ValidateJWTSVIDRequest.newBuilder().setAudience(audience).setSvid(token).build();
  }

  private static TrustBundle jwks(JWTBundlesResponse response) {
    return TrustBundle.parseJson(
        TestIssuer.DOMAIN, response.getBundlesOrThrow("spiffe://cluster.local").toStringUtf8());
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
