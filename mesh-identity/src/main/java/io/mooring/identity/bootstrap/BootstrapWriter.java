package io.mooring.identity.bootstrap;

import io.mooring.identity.storage.PrivateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Writes a bundle's files: 0600 in a directory of 0700, each at once or not at all. Stateless. */
public final class BootstrapWriter {

  private BootstrapWriter() {}

  /**
   * Writes every file of {@code bundle} into {@code directory}, which is made where it is missing.
   * A capture script of an earlier bundle goes when the new one has none.
   *
   * @throws IOException if a file cannot be written, or others than its owner may enter {@code
   *     directory}
   */
  public static void write(BootstrapBundle bundle, Path directory) throws IOException {
    PrivateDirectory target = PrivateDirectory.open(directory);
    Map<String, String> files = bundle.files();
    if (!files.containsKey(BootstrapFiles.CAPTURE)) {
      target.delete(BootstrapFiles.CAPTURE);
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      target.write(file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8));
    }
  }
}
