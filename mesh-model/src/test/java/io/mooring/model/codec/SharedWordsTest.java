package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SharedWordsTest {

  @Property(tries = 20)
  void wordIsWhatStandsThere(@ForAll @AlphaChars @StringLength(min = 1, max = 90) String text) {
    SharedWords words = new SharedWords();
    for (int i = 0; i <= text.length(); i++) {
      for (int j = i; j <= text.length(); j++) {
        assertThat(words.word(text, i, j)).isEqualTo(text.substring(i, j));
      }
    }
  }

  @Test
  void wordThatStandsThereAgainIsTheSame() {
    SharedWords words = new SharedWords();
    assertThat(words.word("app: app", 5, 8)).isSameAs(words.word("app: app", 0, 3));
  }
}
