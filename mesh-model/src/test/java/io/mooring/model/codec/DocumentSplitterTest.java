package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.codec.DocumentSplitter.Part;
import org.junit.jupiter.api.Test;

class DocumentSplitterTest {

  @Test
  void partsKnowTheirFirstLine() {
    assertThat(DocumentSplitter.split("a: 1\n---\nb: 2\n--- \nc: 3"))
        .containsExactly(
            new Part("a: 1\n", 0), new Part("---\nb: 2\n", 1), new Part("--- \nc: 3", 3));
  }

  @Test
  void markerInsideABlockScalarOrWordIsNone() {
    String text = "a: |\n  ---\n  x\n---x: 1\n";

    assertThat(DocumentSplitter.split(text)).containsExactly(new Part(text, 0));
  }

  @Test
  void partsWithoutContentAreLeftOut() {
    assertThat(DocumentSplitter.split("# a\n---\n\n  # b\n---\r\n---\nc: 1\n---"))
        .containsExactly(new Part("---\nc: 1\n", 5));
  }

  @Test
  void directivesStayWithTheMarkerAfterThem() {
    assertThat(DocumentSplitter.split("%YAML 1.2\n# x\n---\na: 1\n"))
        .containsExactly(new Part("%YAML 1.2\n# x\n---\na: 1\n", 0));
  }

  @Test
  void contentMayFollowTheMarkerOnItsLine() {
    assertThat(DocumentSplitter.split("--- {a: 1}\n--- # only a comment\n"))
        .containsExactly(new Part("--- {a: 1}\n", 0));
  }

  @Test
  void byteOrderMarkIsNoContent() {
    assertThat(DocumentSplitter.split("\uFEFFa: 1\n")).containsExactly(new Part("a: 1\n", 0));
  }
}
