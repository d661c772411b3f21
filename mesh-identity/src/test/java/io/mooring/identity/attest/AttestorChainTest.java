package io.mooring.identity.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AttestorChainTest {

  private static final AttestationRequest REQUEST = new AttestationRequest("secret-token", "");

  private record Fixed(String kind, boolean recognizing, Supplier<Attestation> verdict)
      implements Attestor {
    @Override
    public boolean recognizes(String bearer) {
      return recognizing;
    }

    @Override
    public Attestation attest(AttestationRequest request) {
      return verdict.get();
    }
  }

  private static AttestationResult result(String id, String selector) {
    return new AttestationResult(id, Set.of(Selector.parse(selector)));
  }

  private static AttestorChain chain(Attestor... attestors) {
    return new AttestorChain(List.of(attestors));
  }

  @Test
  void whatOneRefusesNoOtherAdmits() {
    AttestorChain chain =
        chain(
            new Fixed(
                "first",
                true,
                () -> {
                  throw new RefusedException(RefusalReason.INVALID_EVIDENCE, "forged");
                }),
            new Fixed("second", true, () -> result("second:1", "second:a:b")));
    assertThatThrownBy(() -> chain.attestBearer(REQUEST)).hasMessageContaining("forged");
    assertThat(chain.attest("second", REQUEST)).isEqualTo(result("second:1", "second:a:b"));
  }

  @Test
  void evidenceThatNobodyKnowsIsRefusedWithoutBeingShown() {
    AttestorChain chain = chain(new Fixed("one", false, () -> result("one:1", "one:a:b")));
    assertThatThrownBy(() -> chain.attestBearer(REQUEST))
        .isInstanceOf(RefusedException.class)
        .hasMessageNotContaining("secret-token");
    assertThatThrownBy(() -> chain.attest("x".repeat(1 << 20), REQUEST))
        .isInstanceOf(RefusedException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
  }

  @Test
  void attestorSpeaksForItsOwnKindAlone() {
    AttestorChain chain =
        chain(
            new Fixed("liar", true, () -> result("liar:1", "join-token:group:demo/ratings")),
            new Fixed("other", false, () -> result("liar:1", "other:a:b")),
            new Fixed(
                "late",
                false,
                () -> new AttestationChallenge("?", answer -> result("late:1", "aws:a:b"))));
    assertThatThrownBy(() -> chain.attestBearer(REQUEST)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> chain.attest("other", REQUEST))
        .isInstanceOf(IllegalStateException.class);
    Attestation challenged = chain.attest("late", REQUEST);
    assertThatThrownBy(() -> ((AttestationChallenge) challenged).answered().apply("x"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void bearerCannotBeChallenged() {
    AttestorChain chain =
        chain(new Fixed("asking", true, () -> new AttestationChallenge("?", answer -> null)));
    assertThatThrownBy(() -> chain.attestBearer(REQUEST))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("challenge");
  }

  @Test
  void kindsAreUniqueNames() {
    Attestor one = new Fixed("one", true, () -> result("one:1", "one:a:b"));
    assertThatThrownBy(() -> chain(one, one)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> chain(new Fixed("One!", true, () -> result("a:1", "a:a:b"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(chain(one).kinds()).containsExactly("one");
  }
}
