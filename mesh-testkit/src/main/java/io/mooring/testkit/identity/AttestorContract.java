package io.mooring.testkit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mooring.identity.attest.Attestation;
import io.mooring.identity.attest.AttestationChallenge;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.AttestorChain;
import io.mooring.identity.attest.RefusedException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link Attestor} does. */
public interface AttestorContract {

  /** The digest of the key that a machine asks to certify. */
  String KEY = "ab".repeat(32);

  /** The digest of another machine's key. */
  String OTHER_KEY = "cd".repeat(32);

  /** Returns the attestor under test, the same one throughout a test. */
  Attestor attestor() throws Exception;

  /** Returns evidence that the attestor accepts, the same one throughout a test. */
  String goodEvidence() throws Exception;

  /** Returns the machine's answer to a challenge; only for attestors that ask. */
  default String answer(String challenge, String keyDigest) throws Exception {
    throw new UnsupportedOperationException("challenge '" + challenge + "'");
  }

  /** Returns whether evidence counts once. */
  boolean countsOnce();

  /** Goes the machine's whole way. */
  private AttestationResult attest(String evidence, String keyDigest) throws Exception {
    Attestation attestation =
        new AttestorChain(List.of(attestor()))
            .attest(attestor().kind(), new AttestationRequest(evidence, keyDigest));
    while (challengeOf(attestation).isPresent()) {
      AttestationChallenge challenge = challengeOf(attestation).get();
      attestation = challenge.answered().apply(answer(challenge.text(), keyDigest));
    }
    return (AttestationResult) attestation;
  }

  private static Optional<AttestationChallenge> challengeOf(Attestation attestation) {
    return attestation.fold(Optional::of, result -> Optional.empty());
  }

  @Test
  default void goodEvidenceProvesSomethingOfTheAttestorsKind() throws Exception {
    AttestationResult result = attest(goodEvidence(), KEY);
    assertThat(result.evidenceId()).startsWith(attestor().kind() + ":");
    assertThat(result.selectors())
        .isNotEmpty()
        .allMatch(selector -> kindOf(selector.toString()).equals(kindOf(result.evidenceId())));
  }

  private static String kindOf(String text) {
    return text.substring(0, text.indexOf(':'));
  }

  @Test
  default void whatIsNoEvidenceIsRefusedAndNotQuoted() throws Exception {
    for (String evidence :
        List.of(
            "no-evidence-at-all", "{", "a.b.c", "\0", "{\"secret\":\"x\"}", "y".repeat(1 << 20))) {
      Throwable refusal = catchThrowable(() -> attest(evidence, KEY));
      // An attestor that first asks is told nothing by its evidence, and gets no answer here.
      assertThat(refusal)
          .isInstanceOfAny(RefusedException.class, UnsupportedOperationException.class);
      assertThat(refusal.toString())
          .doesNotContain("no-evidence-at-all")
          .doesNotContain("yyyyyyyy");
    }
  }

  @Test
  default void attestingAloneUsesNothingUp() throws Exception {
    attest(goodEvidence(), OTHER_KEY);
    AttestationResult result = attest(goodEvidence(), KEY);
    attestor().redeem(result, KEY);
  }

  @Test
  default void keyThatUsedEvidenceMayComeBackForALostReply() throws Exception {
    attestor().redeem(attest(goodEvidence(), KEY), KEY);
    attestor().redeem(attest(goodEvidence(), KEY), KEY);
  }

  @Test
  default void ofManyKeysThatUseEvidenceAtOnceOneWinsIfItCountsOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      AttestationResult result = attest(goodEvidence(), KEY);
      Attestor attestor = attestor();
      List<Callable<Boolean>> uses =
          IntStream.range(0, 32)
              .<Callable<Boolean>>mapToObj(
                  i -> () -> catchThrowable(() -> attestor.redeem(result, "key-" + i)) == null)
              .toList();
      int winners = 0;
      for (Future<Boolean> use : pool.invokeAll(uses)) {
        winners += use.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(countsOnce() ? 1 : 32);
    } finally {
      pool.shutdownNow();
    }
  }
}
