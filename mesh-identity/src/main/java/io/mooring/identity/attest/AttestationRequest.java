package io.mooring.identity.attest;

import static java.util.Objects.requireNonNull;

/**
 * What a caller shows to get its first certificate. Immutable; the credential shows in no text.
 *
 * @param credential the bearer credential as it came, not trusted
 * @param keyDigest SHA-256 of the public key to certify, in hexadecimal; its possession is proved
 */
public record AttestationRequest(String credential, String keyDigest) {

  public AttestationRequest {
    requireNonNull(credential, "credential");
    requireNonNull(keyDigest, "keyDigest");
  }

  @Override
  public String toString() {
    return "AttestationRequest[key=" + keyDigest + "]";
  }
}
