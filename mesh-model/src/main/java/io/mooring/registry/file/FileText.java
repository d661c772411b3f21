package io.mooring.registry.file;

import io.mooring.model.codec.ParsedConfig;
import io.mooring.model.codec.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.function.BiFunction;

/** The bytes of one file. */
final class FileText {

  static final int MAX_BYTES = 32 << 20; // etcd takes 1.5 MiB an object: beyond is no configuration

  private static final char REPLACEMENT = '\uFFFD'; // for what is no UTF-8

  private final byte[] bytes;

  private FileText(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Reads a file, of a hostile one no more than a byte beyond the bound. */
  static FileText read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new FileText(in.readNBytes(MAX_BYTES + 1));
    }
  }

  byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  /** Returns what the text says; never fails. */
  ParsedConfig parse(String file, BiFunction<String, String, ParsedConfig> parser) {
    if (bytes.length > MAX_BYTES) {
      return refused(
          file,
          Problem.Code.LIMIT,
          "file is longer than " + MAX_BYTES + " bytes (expected: at most that)");
    }
    try {
      return parser.apply(file, text());
    } catch (CharacterCodingException e) {
      return refused(file, Problem.Code.SYNTAX, "file is not UTF-8: " + e.getMessage());
    } catch (RuntimeException | StackOverflowError e) {
      return refused(file, Problem.Code.SYNTAX, "file cannot be parsed: " + e);
    }
  }

  /** The decoder that finds faults takes many times as long: only where there may be one. */
  private String text() throws CharacterCodingException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0
        ? text
        : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static ParsedConfig refused(String file, Problem.Code code, String message) {
    return new ParsedConfig(List.of(), List.of(FileObjects.refusal(file, code, message)));
  }
}
