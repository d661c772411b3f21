package io.mooring.model.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FieldPathTest {

  private static final FieldPath ENDPOINT =
      FieldPath.ROOT.field("spec").field("endpoints").index(2);

  @Test
  void pathsReadLikeCode() {
    assertThat(ENDPOINT.field("address")).hasToString("spec.endpoints[2].address");
    assertThat(ENDPOINT.field("labels").field("a.b/c"))
        .hasToString("spec.endpoints[2].labels[\"a.b/c\"]");
    assertThat(FieldPath.ROOT).hasToString("$");
    assertThat(FieldPath.ROOT.field("")).hasToString("[\"\"]");
  }

  @Test
  void longKeysAreShortened() {
    assertThat(FieldPath.ROOT.field("k".repeat(1000)).toString()).hasSizeLessThan(100);
  }

  @Test
  void pathsAreEqualByContent() {
    assertThat(FieldPath.ROOT.field("spec").field("endpoints").index(2))
        .isEqualTo(ENDPOINT)
        .hasSameHashCodeAs(ENDPOINT);
    assertThat(ENDPOINT)
        .isNotEqualTo(FieldPath.ROOT.field("spec").field("endpoints").index(1))
        .isNotEqualTo(FieldPath.ROOT.field("endpoints").index(2))
        .isNotEqualTo(FieldPath.ROOT)
        .isNotEqualTo("spec.endpoints[2]");
    assertThat(FieldPath.ROOT.index(2)).isNotEqualTo(FieldPath.ROOT.field("[2]"));
  }

  @Test
  void pathIsWithinItselfAndItsParents() {
    assertThat(ENDPOINT.isWithin(ENDPOINT)).isTrue();
    assertThat(ENDPOINT.isWithin(FieldPath.ROOT)).isTrue();
    assertThat(FieldPath.ROOT.isWithin(ENDPOINT)).isFalse();
    assertThat(ENDPOINT.isWithin(FieldPath.ROOT.field("metadata"))).isFalse();
  }

  @Test
  void stepsCanBeReadBack() {
    assertThat(ENDPOINT.index()).hasValue(2);
    assertThat(ENDPOINT.name()).isEmpty();
    assertThat(ENDPOINT.parent().orElseThrow().name()).isEqualTo("endpoints");
    assertThat(FieldPath.ROOT.parent()).isEmpty();
  }
}
