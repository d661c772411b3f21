package io.mooring.testkit.identity;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.ReplayStore;
import io.mooring.identity.attest.aws.AwsAttestor;
import io.mooring.identity.attest.aws.AwsCertificates;
import io.mooring.identity.attest.aws.AwsPolicy;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.testkit.FakeClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class AwsAttestorContractTest implements AttestorContract {

  private static final String DOCUMENT =
      """
      {"accountId":"123456789012","region":"us-west-2","availabilityZone":"us-west-2a",
       "instanceId":"i-0123456789abcdef0","instanceType":"t2.medium",
       "imageId":"ami-0123456789abcdef0","pendingTime":"2025-12-31T23:30:00Z"}
      """;

  @TempDir Path temporary;

  private final FakeClock clock = new FakeClock();
  private Attestor attestor;
  private String evidence;

  @BeforeEach
  void open() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    X509Certificate region =
        new TestCertificateAuthority(clock)
            .issue(
                SvidTemplate.builder()
                    .id(TestCertificateAuthority.TRUST_DOMAIN.workload("aws", "region"))
                    .publicKey(keys.getPublic())
                    .ttl(Duration.ofHours(1))
                    .build())
            .leaf();
    attestor =
        new AwsAttestor(
            new AwsPolicy(Set.of("123456789012"), Duration.ofHours(1)),
            new AwsCertificates(Map.of(), Map.of("us-west-2", region)),
            ReplayStore.open(temporary.resolve("uses"), clock),
            clock);
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(keys.getPrivate());
    signature.update(DOCUMENT.getBytes(StandardCharsets.UTF_8));
    evidence =
        new ObjectMapper()
            .writeValueAsString(
                Map.of(
                    "document",
                    DOCUMENT,
                    "signature",
                    Base64.getEncoder().encodeToString(signature.sign())));
  }

  @Override
  public Attestor attestor() {
    return attestor;
  }

  @Override
  public String goodEvidence() {
    return evidence;
  }

  @Override
  public boolean countsOnce() {
    return true;
  }
}
