package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.identity.BadInput;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.ReplayStore;
import io.mooring.identity.attest.TestPki;
import io.mooring.identity.attest.TestPki.Signer;
import io.mooring.identity.attest.aws.AwsAttestor;
import io.mooring.identity.attest.aws.AwsCertificates;
import io.mooring.identity.attest.aws.AwsPolicy;
import io.mooring.identity.attest.azure.AzureAttestor;
import io.mooring.identity.attest.azure.AzureIdentityAttestor;
import io.mooring.identity.attest.azure.AzureSigners;
import io.mooring.identity.attest.gcp.GcpAttestor;
import io.mooring.identity.attest.gcp.GcpPolicy;
import io.mooring.identity.attest.jwt.JwkSource;
import io.mooring.identity.ca.Csr;
import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups 28 to 39: hostile documents and tokens of clouds. */
class BadDocumentsTest {

  private static final String ID = "spiffe://cluster.local/ns/demo/sa/bookinfo-ratings";
  private static final KeyPair ROOT_KEYS = TestPki.rsa();
  private static final KeyPair KEYS = TestPki.rsa();
  private static final KeyPair OTHER_KEYS = TestPki.rsa();
  private static final X509Certificate ROOT = TestPki.root("CN=Root", ROOT_KEYS);
  private static final X509Certificate WEST = TestPki.certificate("CN=west", KEYS).sign();
  private static final X509Certificate EAST = TestPki.certificate("CN=east", OTHER_KEYS).sign();
  private static final Signer WESTERN = new Signer(WEST, KEYS);
  private static final String INTERMEDIATE = "http://www.microsoft.com/pkiops/certs/one.crt";
  private static final String SUBSCRIPTION = "8d10da13-8125-4ba9-a717-bf7490507b3d";
  private static final String TENANT = "11111111-2222-3333-4444-555555555555";
  private static final String VM = "02aab8a4-74ef-476e-8182-f6d2ba4166a6";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final String DOCUMENT =
      """
      {
        "accountId" : "123456789012",
        "region" : "us-west-2",
        "availabilityZone" : "us-west-2a",
        "instanceId" : "i-0123456789abcdef0",
        "instanceType" : "t2.medium",
        "imageId" : "ami-0123456789abcdef0",
        "pendingTime" : "2025-12-31T23:30:00Z",
        "version" : "2017-09-30"
      }\
      """;

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock(); // 2026-01-01
  private final List<URI> fetched = new ArrayList<>();
  private final Map<URI, byte[]> published = new java.util.HashMap<>();
  private IssuerFixture fixture;
  private SvidIssuer issuer;
  private RefusalProbe probe;

  @BeforeEach
  void open() throws Exception {
    fixture = new IssuerFixture(temporary, clock);
    probe = new RefusalProbe(fixture, temporary);
    ReplayStore uses = ReplayStore.open(temporary.resolve("uses"), clock);
    JwkSource keys = JwkSource.of(TestPki.jwks("k1", KEYS));
    issuer =
        fixture
            .builder()
            .attestor(
                new AwsAttestor(
                    new AwsPolicy(Set.of("123456789012"), Duration.ofHours(1)),
                    new AwsCertificates(
                        Map.of("us-west-2", WEST, "us-east-1", EAST), Map.of("us-west-2", WEST)),
                    uses,
                    clock))
            .attestor(
                new GcpAttestor(
                    new GcpPolicy(
                        Set.of("my-project"), Set.of("europe-west1-b"), Duration.ofHours(1)),
                    "mooring",
                    keys,
                    uses,
                    clock))
            .attestor(
                new AzureAttestor(
                    Set.of(SUBSCRIPTION),
                    new AzureSigners(List.of(ROOT), this::fetch),
                    uses,
                    clock,
                    new SecureRandom()))
            .attestor(
                new AzureIdentityAttestor(
                    TENANT, "https://mooring", Set.of(SUBSCRIPTION), keys, uses, clock))
            .admission(
                new AdmissionPolicy(
                    List.of(
                        AdmissionRule.of(
                            "demo",
                            "ratings",
                            Set.of("aws:account:123456789012", "aws:region:us-west-2")),
                        AdmissionRule.of("demo", "ratings", Set.of("gcp:project:my-project")),
                        AdmissionRule.of(
                            "demo", "ratings", Set.of("azure:subscription:" + SUBSCRIPTION)),
                        AdmissionRule.of(
                            "demo", "ratings", Set.of("azure-identity:tenant:" + TENANT)))))
            .build();
  }

  private byte[] fetch(URI address) throws IOException {
    fetched.add(address);
    if (!published.containsKey(address)) {
      throw new IOException(address + " answered 500 (expected: 200)");
    }
    return published.get(address);
  }

  private static SvidRequest request() {
    return new SvidRequest(Csr.p256().uri(ID).pem(), 0, "10.0.0.1");
  }

  private void refused(RefusalReason reason, String kind, String evidence) {
    String tail = evidence.substring(evidence.length() - Math.min(40, evidence.length()));
    probe.refused(reason, () -> issuer.exchange(kind, evidence, request()), tail + "#");
  }

  private void refusedAws(RefusalReason reason, String evidence) {
    refused(reason, "aws", evidence);
  }

  private static String aws(String document, byte[] pkcs7) {
    return json(Map.of("document", document, "rsa2048", Base64.getEncoder().encodeToString(pkcs7)));
  }

  private static String aws(String document) {
    return aws(document, pkcs7(document, List.of(WESTERN), List.of()));
  }

  private static byte[] pkcs7(
      String content, List<Signer> signers, List<X509Certificate> certificates) {
    return TestPki.pkcs7(content.getBytes(StandardCharsets.UTF_8), signers, certificates);
  }

  private static String bare(String document, String signed) throws Exception {
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(KEYS.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.UTF_8));
    return json(
        Map.of(
            "document",
            document,
            "signature",
            Base64.getEncoder().encodeToString(signature.sign())));
  }

  private static String json(Map<String, String> fields) {
    try {
      return MAPPER.writeValueAsString(fields);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void goodDocumentsAreAdmitted() throws Exception {
    try (JoinExchange exchange = issuer.exchange("aws", aws(DOCUMENT), request())) {
      assertThat(exchange.svid().orElseThrow().id()).hasToString(ID);
    }
    assertThat(fixture.lastDecision().evidence())
        .isEqualTo("aws:123456789012/us-west-2/i-0123456789abcdef0");
    String other = DOCUMENT.replace("i-01", "i-02");
    assertThat(issuer.exchange("aws", bare(other, other), request()).svid()).isPresent();
    assertThat(issuer.exchange("gcp", gcp(GCP), request()).svid()).isPresent();
    assertThat(issuer.join(gcp(GCP.replace("4711", "4712")), request()).id()).hasToString(ID);
    assertThat(issuer.exchange("azure-identity", azureIdentity(MSI), request()).svid()).isPresent();
    assertThat(azure(document -> document, this::chained).svid().orElseThrow().id())
        .hasToString(ID);
    assertThat(fetched).containsExactly(URI.create(INTERMEDIATE));
  }

  @Test
  @BadInput({28, 29})
  void documentThatIsNotTheSignedOne() {
    byte[] signed = pkcs7(DOCUMENT, List.of(WESTERN), List.of());
    refusedAws(RefusalReason.INVALID_EVIDENCE, aws(DOCUMENT.replace("i-01", "i-02"), signed));
    refusedAws(RefusalReason.INVALID_EVIDENCE, aws(DOCUMENT + "\n", signed));
  }

  @Test
  @BadInput(30)
  void documentOfAnotherRegionsKey() {
    String east = DOCUMENT.replace("us-west-2", "us-east-1");
    refusedAws(RefusalReason.INVALID_EVIDENCE, aws(east));
    refusedAws(RefusalReason.INVALID_EVIDENCE, aws(DOCUMENT.replace("us-west-2", "eu-none-1")));
  }

  @Test
  @BadInput(31)
  void bareSignatureOfAnotherDocument() throws Exception {
    refusedAws(RefusalReason.INVALID_EVIDENCE, bare(DOCUMENT.replace("i-01", "i-02"), DOCUMENT));
    refusedAws(RefusalReason.INVALID_EVIDENCE, json(Map.of("document", DOCUMENT)));
  }

  @Test
  @BadInput(32)
  void documentOfAForeignAccount() {
    refusedAws(RefusalReason.NOT_ALLOWED, aws(DOCUMENT.replace("123456789012", "999999999999")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-12-31T23:00:00Z", "2015-01-01T00:00:00Z", "2026-01-01T00:05:01Z"})
  @BadInput(33)
  void instanceThatIsTooOldOrFromTheFuture(String launched) {
    refusedAws(
        RefusalReason.STALE_EVIDENCE, aws(DOCUMENT.replace("2025-12-31T23:30:00Z", launched)));
  }

  @Test
  @BadInput(34)
  void secondAttestationOfAnInstance() throws Exception {
    SvidRequest first = request();
    issuer.exchange("aws", aws(DOCUMENT), first);
    refusedAws(RefusalReason.REUSED_EVIDENCE, aws(DOCUMENT));
    open();
    refusedAws(RefusalReason.REUSED_EVIDENCE, aws(DOCUMENT));
    assertThat(issuer.exchange("aws", aws(DOCUMENT), first).svid()).isPresent(); // a lost reply
    clock.advance(Duration.ofMinutes(10));
    probe.refused(
        RefusalReason.REUSED_EVIDENCE, () -> issuer.exchange("aws", aws(DOCUMENT), first));
    issuer.exchange("gcp", gcp(GCP), first);
    refused(RefusalReason.REUSED_EVIDENCE, "gcp", gcp(GCP));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"instanceId\" : \"\"",
        "\"instanceId\" : \"i-../../../ns/x/sa/y\"",
        "\"instanceId\" : null",
        "\"region\" : \"us/west\"",
        "\"region\" : \"..\"",
        "\"region\" : \"us-w\u0435st-2\"",
        "\"accountId\" : \"123456789012/../1\"",
        "\"accountId\" : 123456789012",
        "\"pendingTime\" : \"now\"",
        "\"region\" : \"us-west-2\", \"region\" : \"us-west-2\""
      })
  @BadInput(35)
  void documentWithFieldsThatAreNone(String field) {
    String name = field.substring(0, field.indexOf(" :"));
    String document = DOCUMENT.replaceFirst(name + " : \"[^\"]*\"", field.replace("\\", "\\\\"));
    assertThat(document).isNotEqualTo(DOCUMENT);
    refusedAws(RefusalReason.INVALID_EVIDENCE, aws(document));
  }

  @Test
  @BadInput(36)
  void signedDataWithTooManySignersTooFewOrStrangers() {
    Signer eastern = new Signer(EAST, OTHER_KEYS);
    for (byte[] pkcs7 :
        List.of(
            pkcs7(DOCUMENT, List.of(WESTERN, eastern), List.of()),
            pkcs7(DOCUMENT, List.of(WESTERN, WESTERN), List.of()),
            pkcs7(DOCUMENT, List.of(), List.of()),
            pkcs7(DOCUMENT, List.of(eastern), List.of(WEST, EAST)),
            pkcs7(DOCUMENT, List.of(WESTERN), List.of(EAST, WEST)),
            new byte[] {0x30, 0x03, 0x02, 0x01, 0x01},
            new byte[70_000])) {
      refusedAws(RefusalReason.INVALID_EVIDENCE, aws(DOCUMENT, pkcs7));
    }
    refusedAws(RefusalReason.INVALID_EVIDENCE, "{");
    refusedAws(RefusalReason.INVALID_EVIDENCE, "x".repeat(1 << 20));
    // Azure once checked the chain of the first certificate, whoever had signed.
    X509Certificate genuine = metadata("eastus.metadata.azure.com").by(ROOT, ROOT_KEYS).sign();
    X509Certificate evil = metadata("eastus.metadata.azure.com").sign();
    refusedAzure(RefusalReason.INVALID_EVIDENCE, d -> d, d -> signedBy(evil, d, genuine, evil));
    refusedAzure(RefusalReason.INVALID_EVIDENCE, d -> d, d -> signedBy(evil, d, evil, ROOT));
    refusedAzure(RefusalReason.INVALID_EVIDENCE, d -> d, d -> signedBy(genuine, d));
  }

  private static final String GCP =
      "{\"iss\":\"https://accounts.google.com\",\"aud\":\"mooring\",\"sub\":\"1\",\"iat\":1767225600,"
          + "\"exp\":1767229200,\"email\":\"vm@my-project.iam.gserviceaccount.com\","
          + "\"google\":{\"compute_engine\":{\"project_id\":\"my-project\","
          + "\"zone\":\"europe-west1-b\",\"instance_id\":\"4711\",\"instance_name\":\"vm-1\","
          + "\"instance_creation_timestamp\":1767225000}}}";

  private static String gcp(String claims) {
    return TestPki.jwt("{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"JWT\"}", claims, KEYS);
  }

  @Test
  @BadInput(39)
  void tokenOfGoogleThatIsForgedForeignOrOfNoInstance() throws Exception {
    refused(INVALID, "gcp", gcp(GCP.replace("\"aud\":\"mooring\"", "\"aud\":\"other\"")));
    refused(INVALID, "gcp", gcp(GCP.replace("accounts.google.com", "accounts.google.com.evil")));
    refused(INVALID, "gcp", gcp(GCP.replaceFirst(",\"google\".*", "}"))); // format=standard
    refused(INVALID, "gcp", gcp(GCP.replace("\"4711\"", "\"\"")));
    refused(INVALID, "gcp", gcp(GCP.replace("\"4711\"", "\"47 11\"")));
    refused(INVALID, "gcp", gcp(GCP.replace("\"4711\"", "4711")));
    refused(INVALID, "gcp", TestPki.jwt("{\"alg\":\"RS256\",\"kid\":\"k2\"}", GCP, KEYS));
    refused(INVALID, "gcp", TestPki.jwt("{\"alg\":\"HS256\",\"kid\":\"k1\"}", GCP, KEYS));
    refused(INVALID, "gcp", TestPki.jwt("{\"alg\":\"RS256\",\"kid\":\"k1\"}", GCP, OTHER_KEYS));
    refused(RefusalReason.NOT_ALLOWED, "gcp", gcp(GCP.replace("my-project\",", "other\",")));
    refused(RefusalReason.NOT_ALLOWED, "gcp", gcp(GCP.replace("west1-b", "west1-c")));
    refused(RefusalReason.STALE_EVIDENCE, "gcp", gcp(GCP.replace("1767225000", "1767000000")));
    refused(RefusalReason.STALE_EVIDENCE, "gcp", gcp(GCP.replace(":1767225000", ":\"x\"")));
  }

  private static final RefusalReason INVALID = RefusalReason.INVALID_EVIDENCE;

  private static final String MSI =
      "{\"aud\":\"https://mooring\",\"iss\":\"https://sts.windows.net/"
          + TENANT
          + "/\",\"exp\":1767229200,\"tid\":\""
          + TENANT
          + "\",\"sub\":\"99999999-0000-0000-0000-000000000000\",\"xms_mirid\":\"/subscriptions/"
          + SUBSCRIPTION
          + "/resourcegroups/rg/providers/Microsoft.Compute/virtualMachines/vm-1\"}";

  private static String azureIdentity(String claims) {
    return TestPki.jwt("{\"alg\":\"RS256\",\"kid\":\"k1\",\"x5t\":\"abc\"}", claims, KEYS);
  }

  @Test
  @BadInput(38)
  void managedIdentityOfAnotherTenantOrOfNoMachine() {
    String kind = "azure-identity";
    String otherTenant = TENANT.replace('1', '6');
    refused(INVALID, kind, azureIdentity(MSI.replace(TENANT, otherTenant)));
    refused(INVALID, kind, azureIdentity(MSI.replace("tid\":\"" + TENANT, "tid\":\"x")));
    refused(INVALID, kind, azureIdentity(MSI.replace("https://mooring", "https://other")));
    refused(INVALID, kind, TestPki.jwt("{\"alg\":\"RS256\",\"kid\":\"k1\"}", MSI, OTHER_KEYS));
    refused(
        INVALID,
        kind,
        azureIdentity(
            MSI.replace(
                "Microsoft.Compute/virtualMachines",
                "Microsoft.ManagedIdentity/userAssignedIdentities")));
    refused(
        INVALID,
        kind,
        azureIdentity(MSI.replace("virtualMachines/vm-1", "virtualMachineScaleSets/vmss-1")));
    refused(INVALID, kind, azureIdentity(MSI.replaceFirst(",\"xms_mirid.*", "}")));
    refused(
        RefusalReason.NOT_ALLOWED,
        kind,
        azureIdentity(MSI.replace(SUBSCRIPTION, SUBSCRIPTION.replace('8', '7'))));
  }

  /** What a document is signed into. */
  private interface Signing {
    byte[] sign(String document);
  }

  private static TestPki.Draft metadata(String name) {
    return TestPki.certificate("CN=" + name, KEYS).dns(name);
  }

  private static byte[] signedBy(
      X509Certificate signer, String document, X509Certificate... certificates) {
    return TestPki.azurePkcs7(
        document.getBytes(StandardCharsets.UTF_8), new Signer(signer, KEYS), List.of(certificates));
  }

  /** Signs as Azure does: the intermediate is to be fetched. */
  private byte[] chained(String document) {
    return chained(document, INTERMEDIATE, "eastus.metadata.azure.com");
  }

  private byte[] chained(String document, String address, String name) {
    try {
      X509Certificate intermediate =
          TestPki.certificate("CN=Intermediate", OTHER_KEYS).ca().by(ROOT, ROOT_KEYS).sign();
      published.put(URI.create(INTERMEDIATE), intermediate.getEncoded());
      X509Certificate leaf = metadata(name).issuerAt(address).by(intermediate, OTHER_KEYS).sign();
      return signedBy(leaf, document, leaf);
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private JoinExchange azure(java.util.function.UnaryOperator<String> change, Signing signing) {
    JoinExchange exchange = issuer.exchange("azure", "", request());
    String document =
        "{\"nonce\":\"%s\",\"sku\":\"16.04\",\"subscriptionId\":\"%s\",\"vmId\":\"%s\",\"timeStamp\":{\"createdOn\":\"12/31/25 23:55:00 -0000\",\"expiresOn\":\"01/01/26 05:55:00 -0000\"}}"
            .formatted(exchange.challenge().orElseThrow(), SUBSCRIPTION, VM);
    exchange.answer(Base64.getEncoder().encodeToString(signing.sign(change.apply(document))));
    return exchange;
  }

  private void refusedAzure(
      RefusalReason reason, java.util.function.UnaryOperator<String> change, Signing signing) {
    probe.refused(reason, () -> azure(change, signing));
  }

  private void refusedName(String name) {
    refusedAzure(INVALID, d -> d, d -> chained(d, INTERMEDIATE, name));
  }

  @Test
  @BadInput(37)
  void attestedDocumentThatIsReplayedOldForeignOrOfANameAlike() {
    String earlier = issuer.exchange("azure", "", request()).challenge().orElseThrow();
    refusedAzure(INVALID, d -> d.replaceFirst("nonce\":\"\\w+", "nonce\":\"x"), this::chained);
    refusedAzure(
        INVALID, d -> d.replaceFirst("nonce\":\"\\w+", "nonce\":\"" + earlier), this::chained);
    refusedAzure(
        RefusalReason.STALE_EVIDENCE,
        d -> d.replace("01/01/26 05:55:00", "01/01/26 00:00:00"),
        this::chained);
    refusedAzure(INVALID, d -> d.replace("01/01/26", "01-01-26"), this::chained);
    refusedAzure(INVALID, d -> d.replace(VM, "../" + VM), this::chained);
    refusedAzure(
        RefusalReason.NOT_ALLOWED,
        d -> d.replace(SUBSCRIPTION, SUBSCRIPTION.replace('8', '7')),
        this::chained);
    for (String name :
        List.of("evilmetadata.azure.com", "metadata.azure.com.evil", "azure.com", "x")) {
      refusedName(name);
    }
    azure(d -> d, this::chained);
    refusedAzure(RefusalReason.REUSED_EVIDENCE, d -> d, this::chained);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest/meta-data",
        "http://www.microsoft.com.evil/one.crt",
        "http://www.microsoft.com:8080/one.crt",
        "http://www.microsoft.com@evil/one.crt",
        "ldap://www.microsoft.com/one",
        "not a uri"
      })
  @BadInput({37, 40})
  void intermediateFromAnywhereElseIsNeverFetched(String address) {
    refusedAzure(INVALID, d -> d, d -> chained(d, address, "eastus.metadata.azure.com"));
    assertThat(fetched).isEmpty();
  }

  @Test
  @BadInput(40)
  void intermediateThatCannotBeReadIsARefusalOfNow() {
    refusedAzure(
        RefusalReason.UNAVAILABLE,
        d -> d,
        d -> {
          byte[] signed = chained(d);
          published.clear();
          return signed;
        });
    azure(d -> d, this::chained);
    published.clear();
    azure(d -> d.replace(VM, VM.replace('2', '3')), document -> chainedByTheFirst(document));
  }

  private byte[] chainedByTheFirst(String document) {
    byte[] signed = chained(document);
    published.clear(); // the intermediate of the first time is remembered
    return signed;
  }
}
