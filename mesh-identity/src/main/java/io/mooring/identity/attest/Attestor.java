package io.mooring.identity.attest;

/**
 * SPI: judges one kind of evidence. Thread-safe.
 *
 * <p>It is asked twice, so that nothing is used up by a request that fails for another reason:
 * {@link #attest} changes nothing; {@link #redeem} is called once everything else is settled, right
 * before the certificate is signed.
 */
public interface Attestor {

  /**
   * Returns the name of the evidence, e.g. {@code aws}: lower-case letters, digits and dashes.
   * Machines name it when they join; every selector and evidence id begins with it.
   */
  String kind();

  /**
   * Returns whether a bearer credential is evidence of this kind, by its form alone: neither
   * signature nor time are looked at. It is {@code attest} that then decides, and no other
   * attestor.
   */
  default boolean recognizes(String bearer) {
    return false;
  }

  /**
   * Returns what the evidence proves, or a challenge that is to be answered first. Changes nothing.
   *
   * @throws RefusedException if it proves nothing, with the reason for our log
   */
  Attestation attest(AttestationRequest request);

  /**
   * Uses up evidence that counts once. When it has returned, the use is durable: neither a race nor
   * a crash lets another key use the same evidence. Evidence that may be shown again has nothing to
   * do here.
   *
   * @param result what {@link #attest} of this attestor returned
   * @param keyDigest the key of that request
   * @throws RefusedException if the evidence has been used up since, or its use cannot be recorded
   */
  default void redeem(AttestationResult result, String keyDigest) {}
}
