package io.mooring.examples.bookinfo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directory of YAML that the control plane watches. Each file appears and changes at once, by
 * renaming, as a careful editor does it.
 */
final class MeshFiles {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");

  private final Path directory;

  MeshFiles(Path directory) {
    this.directory = directory;
  }

  /** Returns the directory. */
  Path directory() {
    return directory;
  }

  /**
   * Writes {@code name} from the template of the same example.
   *
   * @param template name of a resource under {@code bookinfo/}
   * @param values by placeholder; each one is needed
   */
  void write(String name, String template, Map<String, String> values) throws IOException {
    Files.createDirectories(directory);
    // A name with a leading dot is none of the files that the control plane reads.
    Path fresh = directory.resolve("." + name);
    Files.writeString(fresh, fill(template, values));
    Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes a file, if it is there. */
  void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  private static String fill(String template, Map<String, String> values) throws IOException {
    return PLACEHOLDER
        .matcher(read(template))
        .replaceAll(
            match -> {
              String value = values.get(match.group(1));
              if (value == null) {
                throw new IllegalArgumentException(
                    template + ": ${" + match.group(1) + "} (expected: one of " + values + ")");
              }
              return Matcher.quoteReplacement(value);
            });
  }

  private static String read(String template) throws IOException {
    try (InputStream in = MeshFiles.class.getResourceAsStream("/bookinfo/" + template)) {
      if (in == null) {
        throw new IllegalArgumentException("template: '" + template + "' (expected: a resource)");
      }
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
