package io.mooring.identity.attest.aws;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.ReplayStore;
import io.mooring.identity.attest.pki.SignedDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * Lets EC2 instances in by their identity document, each once. Thread-safe.
 *
 * <p>The evidence is a JSON object of what the metadata service returns under {@code
 * /latest/dynamic/instance-identity}: {@code document} as it is, and {@code rsa2048} or {@code
 * signature}. A document has neither nonce nor end and can be read by whatever runs on the machine:
 * hence the account list, the maximum age, and one use.
 *
 * <p>Selectors: {@code aws:account}, {@code region}, {@code availability-zone}, {@code instance},
 * {@code instance-type}, {@code image}.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-iid.html">Verify the
 *     instance identity document</a>
 */
public final class AwsAttestor implements Attestor {

  /** The kind of the evidence. */
  public static final String KIND = "aws";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_CHARACTERS = 32_768; // documents have 500, PKCS#7 under 4,000
  private static final Duration SKEW = Duration.ofMinutes(5);

  private final AwsPolicy policy;
  private final AwsCertificates certificates;
  private final ReplayStore uses;
  private final InstantSource clock;

  /** Creates an attestor; {@code uses} remembers the instances that have joined. */
  public AwsAttestor(
      AwsPolicy policy, AwsCertificates certificates, ReplayStore uses, InstantSource clock) {
    this.policy = requireNonNull(policy, "policy");
    this.certificates = requireNonNull(certificates, "certificates");
    this.uses = requireNonNull(uses, "uses");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public AttestationResult attest(AttestationRequest request) {
    JsonNode evidence = parse(request.evidence());
    String text = evidence.path("document").asText();
    InstanceDocument document = InstanceDocument.parse(text);
    checkSignature(evidence, text, document.region());
    checkPolicy(document, clock.instant());
    String id =
        String.join("/", KIND + ":" + document.account(), document.region(), document.instance());
    uses.check(id, request.keyDigest());
    return new AttestationResult(id, document.selectors());
  }

  @Override
  public void redeem(AttestationResult result, String keyDigest) {
    uses.use(result.evidenceId(), keyDigest);
  }

  private static JsonNode parse(String evidence) {
    if (evidence.length() > MAX_CHARACTERS) {
      throw refused("evidence of " + evidence.length() + " characters");
    }
    try {
      return MAPPER.readTree(evidence);
    } catch (IOException e) {
      throw refused("evidence is no JSON (expected: document, and rsa2048 or signature)");
    }
  }

  /** The region is the document's own claim, and part of what is signed. */
  private void checkSignature(JsonNode evidence, String document, String region) {
    byte[] signed = document.getBytes(StandardCharsets.UTF_8);
    if (evidence.path("rsa2048").isTextual()) {
      checkDocument(decode(evidence, "rsa2048"), signed, of(certificates.documents(), region));
    } else if (evidence.path("signature").isTextual()) {
      checkBare(decode(evidence, "signature"), signed, of(certificates.signatures(), region));
    } else {
      throw refused("evidence without a signature (expected: rsa2048 or signature)");
    }
  }

  private static X509Certificate of(Map<String, X509Certificate> byRegion, String region) {
    X509Certificate certificate = byRegion.get(region);
    if (certificate == null) {
      throw refused("no certificate for region '" + region + "' and this kind of signature");
    }
    return certificate;
  }

  private static void checkDocument(byte[] pkcs7, byte[] document, X509Certificate certificate) {
    SignedDocument signed = SignedDocument.parse(pkcs7);
    if (!Arrays.equals(signed.content(), document)) {
      throw refused("the document is not the one that is signed");
    }
    if (signed.certificates().stream().anyMatch(extra -> !extra.equals(certificate))) {
      throw refused("PKCS#7 with certificates that are not the region's");
    }
    if (!signed.isSignedBy(certificate)) {
      throw refused("the document is not signed by its region");
    }
  }

  private static void checkBare(byte[] value, byte[] document, X509Certificate certificate) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(certificate.getPublicKey());
      signature.update(document);
      if (signature.verify(value)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw refused("signature cannot be verified: " + e.getMessage());
    }
    throw refused("the document is not signed by its region");
  }

  private void checkPolicy(InstanceDocument document, Instant now) {
    if (!policy.accounts().contains(document.account())) {
      throw new RefusedException(
          RefusalReason.NOT_ALLOWED,
          "account " + document.account() + " (expected: one of " + policy.accounts() + ")");
    }
    Instant launched = document.launched();
    if (launched.isAfter(now.plus(SKEW)) || !now.isBefore(launched.plus(policy.maxAge()))) {
      throw new RefusedException(
          RefusalReason.STALE_EVIDENCE,
          "instance launched at "
              + launched
              + ", it is "
              + now
              + " (expected: within "
              + policy.maxAge()
              + ")");
    }
  }

  private static byte[] decode(JsonNode evidence, String field) {
    try {
      return Base64.getMimeDecoder().decode(evidence.path(field).textValue());
    } catch (IllegalArgumentException e) {
      throw refused(field + " is no base64");
    }
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(RefusalReason.INVALID_EVIDENCE, detail);
  }
}
