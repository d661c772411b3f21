package io.mooring.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares output with files under {@code src/test/resources/golden}. Run with {@code
 * -Dgolden.update=true} to rewrite them; read the difference before you commit it.
 */
public final class GoldenFiles {

  private static final Path ROOT = Path.of("src", "test", "resources", "golden");

  private GoldenFiles() {}

  /**
   * Fails unless {@code actual} is the content of {@code golden/name}.
   *
   * @throws AssertionError with the first line that differs and the command that accepts the change
   */
  public static void assertMatches(String name, String actual) {
    Path file = ROOT.resolve(name);
    try {
      if (Boolean.getBoolean("golden.update")) {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, actual);
        return;
      }
      String expected = Files.exists(file) ? Files.readString(file) : "";
      if (!expected.equals(actual)) {
        throw new AssertionError(difference(name, expected, actual));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("golden file " + file, e);
    }
  }

  private static String difference(String name, String expected, String actual) {
    String[] before = expected.split("\n", -1);
    String[] after = actual.split("\n", -1);
    int line = 0;
    while (line < before.length && line < after.length && before[line].equals(after[line])) {
      line++;
    }
    return "golden/%s differs at line %d%n- %s%n+ %s%naccept it with -Dgolden.update=true%n"
        .formatted(
            name,
            line + 1,
            line < before.length ? before[line] : "(end of file)",
            line < after.length ? after[line] : "(end of output)");
  }
}
