package io.mooring.identity.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the join token of a bundle; errors name the file and its shape, never its content. */
final class TokenFile {

  private static final int MAX_BYTES =
      16 * 1024; // a header of gRPC ends at 8 KiB, a JWT far before

  private TokenFile() {}

  /**
   * Returns the one line of {@code file}; empty if there is no such file.
   *
   * @throws JoinRefusedException if it is empty, has two lines or other characters than those of a
   *     token, is too long, or cannot be read
   */
  static Optional<String> read(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new JoinRefusedException("token file '" + file + "' cannot be read: " + e, e);
    }
    if (bytes.length > MAX_BYTES) {
      throw refused(file, "is longer than " + MAX_BYTES + " bytes");
    }
    String token = new String(bytes, StandardCharsets.ISO_8859_1).stripTrailing();
    if (token.isEmpty()) {
      throw refused(file, "is empty");
    }
    if (token.indexOf('\n') >= 0 || token.indexOf('\r') >= 0) {
      throw refused(file, "has more than one line");
    }
    // RFC 6750 2.1: what a bearer token may have; anything else would not pass as a header.
    if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw refused(file, "has a character that no token has");
    }
    return Optional.of(token);
  }

  private static JoinRefusedException refused(Path file, String problem) {
    return new JoinRefusedException(
        "token file '" + file + "' " + problem + " (expected: one line with one token)", null);
  }
}
