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
   * Returns what the evidence proves. Changes nothing.
   *
   * @throws RefusedException if it proves nothing, with the reason for our log
   */
  AttestationResult attest(AttestationRequest request);

  /**
   * Uses up evidence that counts once. When it has returned, the use is durable: neither a race nor
   * a crash lets another key use the same evidence.
   *
   * @throws RefusedException if the evidence has been used up since, or its use cannot be recorded
   */
  void redeem(AttestationRequest request);
}
