package io.mooring.identity.attest;

import static java.util.Objects.requireNonNull;

/**
 * What a caller shows to get its first certificate. Immutable; the evidence shows in no text.
 *
 * @param evidence a token or document as it came, not trusted
 * @param keyDigest SHA-256 of the public key to certify, in hexadecimal; empty where the request
 *     for a certificate is unreadable, for then it is refused in any case
 */
public record AttestationRequest(String evidence, String keyDigest) {

  public AttestationRequest {
    requireNonNull(evidence, "evidence");
    requireNonNull(keyDigest, "keyDigest");
  }

  @Override
  public String toString() {
    return "AttestationRequest[key=" + keyDigest + "]";
  }
}
