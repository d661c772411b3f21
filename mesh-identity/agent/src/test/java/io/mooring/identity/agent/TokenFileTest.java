package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "   \n",
        "a\nb",
        "a\r\nb\r\n",
        "a b",
        " a",
        "a\u0000",
        "a\u00e9",
        "a\tb"
      })
  void fileThatIsNotOneTokenIsRefusedWithoutQuotingIt(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), content);

    assertThatThrownBy(() -> TokenFile.read(file))
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("expected: one line with one token");
  }

  @Test
  void tenMegabytesAreRefusedWithoutReadingThem() throws IOException {
    Path file = Files.write(directory.resolve("token"), new byte[10 << 20]);

    assertThatThrownBy(() -> TokenFile.read(file))
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("longer than 16384 bytes");
  }

  @Test
  void directoryInItsPlaceIsRefused() {
    assertThatThrownBy(() -> TokenFile.read(directory))
        .isInstanceOf(JoinRefusedException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void missingFileIsNoError() {
    assertThat(TokenFile.read(directory.resolve("token"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc.DEF-1_~+/=", "abc.DEF-1_~+/=\n", "abc.DEF-1_~+/=\r\n"})
  void trailingNewlineIsFine(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), content);

    assertThat(TokenFile.read(file)).contains("abc.DEF-1_~+/=");
  }
}
