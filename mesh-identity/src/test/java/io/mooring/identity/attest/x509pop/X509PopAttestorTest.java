package io.mooring.identity.attest.x509pop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mooring.identity.Pem;
import io.mooring.identity.attest.Attestation;
import io.mooring.identity.attest.AttestationChallenge;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.Selector;
import io.mooring.identity.attest.TestPki;
import io.mooring.testkit.FakeClock;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

class X509PopAttestorTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final KeyPair ROOT_KEYS = TestPki.ec();
  private static final KeyPair CA_KEYS = TestPki.ec();
  private static final KeyPair KEYS = TestPki.ec();
  private static final X509Certificate ROOT = TestPki.root("CN=DC root", ROOT_KEYS);
  private static final X509Certificate CA =
      TestPki.certificate("CN=DC one", CA_KEYS).ca().by(ROOT, ROOT_KEYS).sign();
  private static final X509Certificate LEAF = leaf().sign();
  private static final String DIGEST = "ab".repeat(32);

  private final FakeClock clock = new FakeClock();
  private final X509PopAttestor attestor =
      new X509PopAttestor(List.of(ROOT), clock, new SecureRandom());

  private static TestPki.Draft leaf() {
    return TestPki.certificate("CN=vm-1,O=Data centre", KEYS)
        .dns("vm-1.example.org")
        .by(CA, CA_KEYS);
  }

  private AttestationChallenge challenge(X509Certificate... chain) {
    Attestation attestation =
        attestor.attest(new AttestationRequest(Pem.encode(List.of(chain)), DIGEST));
    return attestation.fold(
        challenged -> challenged,
        result -> {
          throw new AssertionError("no challenge: " + result);
        });
  }

  private void assertRefused(RefusalReason reason, X509Certificate... chain) {
    RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> challenge(chain));
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(reason);
  }

  private static void assertRefused(AttestationChallenge challenge, String answer) {
    RefusedException refusal =
        catchThrowableOfType(RefusedException.class, () -> challenge.answered().apply(answer));
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(RefusalReason.INVALID_EVIDENCE);
  }

  private static String answer(String challenge, String digest, KeyPair keys) {
    return ProofOfPossession.answer(challenge, digest, keys.getPrivate(), RANDOM);
  }

  @Test
  void machineThatHoldsTheKeyIsAttested() {
    AttestationChallenge challenge = challenge(LEAF, CA);
    AttestationResult result =
        (AttestationResult) challenge.answered().apply(answer(challenge.text(), DIGEST, KEYS));
    assertThat(result.selectors())
        .contains(
            Selector.parse("x509pop:common-name:vm-1"),
            Selector.parse("x509pop:dns:vm-1.example.org"),
            Selector.parse("x509pop:serial:" + LEAF.getSerialNumber().toString(16)));
    assertThat(result.value("x509pop", "fingerprint")).isPresent();
    assertThat(result.evidenceId())
        .isEqualTo("x509pop:" + result.value("x509pop", "fingerprint").orElseThrow());
  }

  @Test
  void rsaKeyProvesTheSame() {
    KeyPair rsa = TestPki.rsa();
    X509Certificate leaf = TestPki.certificate("CN=vm-2", rsa).by(CA, CA_KEYS).sign();
    AttestationChallenge challenge = challenge(leaf, CA);
    assertThat(challenge.answered().apply(answer(challenge.text(), DIGEST, rsa)))
        .isInstanceOf(AttestationResult.class);
  }

  @Test
  void answerOfAnotherKeyChallengeOrRequestIsRefused() {
    AttestationChallenge challenge = challenge(LEAF, CA);
    assertRefused(challenge, answer(challenge.text(), DIGEST, CA_KEYS));
    assertRefused(challenge, answer(challenge(LEAF, CA).text(), DIGEST, KEYS)); // replayed
    assertRefused(challenge, answer(challenge.text(), "cd".repeat(32), KEYS)); // another CSR
    String good = answer(challenge.text(), DIGEST, KEYS);
    for (String bad :
        List.of(
            "",
            "x",
            good.substring(1),
            good + ".x",
            good.replace('.', '_'),
            good.substring(0, good.length() - 1) + "!",
            "A".repeat(1 << 20))) {
      assertRefused(challenge, bad);
    }
  }

  @Test
  void chainThatDoesNotEndInARootIsRefused() {
    KeyPair evil = TestPki.ec();
    X509Certificate evilRoot = TestPki.root("CN=DC root", evil);
    assertRefused(RefusalReason.INVALID_EVIDENCE, LEAF); // intermediate left out
    assertRefused(
        RefusalReason.INVALID_EVIDENCE,
        TestPki.certificate("CN=vm-1", KEYS).by(evilRoot, evil).sign(),
        evilRoot);
    X509Certificate noCa = leaf().sign();
    assertRefused(
        RefusalReason.INVALID_EVIDENCE,
        TestPki.certificate("CN=vm-1", evil).by(noCa, KEYS).sign(),
        noCa,
        CA);
    assertRefused(RefusalReason.INVALID_EVIDENCE, CA); // a CA is no machine
    assertRefused(RefusalReason.INVALID_EVIDENCE, LEAF, CA, CA, CA, CA, CA);
    assertRefused(
        RefusalReason.INVALID_EVIDENCE, leaf().usage(KeyUsage.keyEncipherment).sign(), CA);
    assertRefused(RefusalReason.INVALID_EVIDENCE, leaf().usage(0).sign(), CA);
  }

  @Test
  void certificateOutsideItsTimeIsRefused() {
    assertRefused(
        RefusalReason.STALE_EVIDENCE,
        leaf().valid(clock.instant().minusSeconds(9), clock.instant().minusSeconds(1)).sign(),
        CA);
    assertRefused(
        RefusalReason.STALE_EVIDENCE,
        leaf().valid(clock.instant().plusSeconds(1), clock.instant().plusSeconds(9)).sign(),
        CA);
    clock.advance(Duration.ofDays(3650));
    assertRefused(RefusalReason.STALE_EVIDENCE, LEAF, CA);
  }

  @Test
  void everyChallengeIsAnother() {
    assertThat(challenge(LEAF, CA).text()).hasSize(43).isNotEqualTo(challenge(LEAF, CA).text());
  }
}
