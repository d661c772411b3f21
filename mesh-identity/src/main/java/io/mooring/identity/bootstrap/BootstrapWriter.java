package io.mooring.identity.bootstrap;

import io.mooring.identity.storage.PrivateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes a bundle's files: 0600 each, at once or not at all, in a directory that only its owner may
 * write to. Stateless.
 */
public final class BootstrapWriter {

  private static final String PROBE = "write-test";

  private BootstrapWriter() {}

  /**
   * Finds out whether {@link #write(Map, Path)} can write into {@code directory}, and makes it
   * where it is missing: to be asked before a token is made for the bundle.
   *
   * @throws IOException if it cannot
   */
  public static void prepare(Path directory) throws IOException {
    PrivateDirectory target = PrivateDirectory.openReadable(directory);
    target.write(PROBE, new byte[0]);
    target.delete(PROBE);
  }

  /** Writes every file of {@code bundle}, as {@link #write(Map, Path)} does. */
  public static void write(BootstrapBundle bundle, Path directory) throws IOException {
    write(bundle.files(), directory);
  }

  /**
   * Writes files into {@code directory}, which is made with mode 0700 where it is missing. A
   * capture script of an earlier bundle goes when the new one has none.
   *
   * @param files content by name, as {@link BootstrapBundle#files} gives them
   * @throws IOException if a file cannot be written, or others than its owner may write to {@code
   *     directory}
   */
  public static void write(Map<String, String> files, Path directory) throws IOException {
    PrivateDirectory target = PrivateDirectory.openReadable(directory);
    if (!files.containsKey(BootstrapFiles.CAPTURE)) {
      target.delete(BootstrapFiles.CAPTURE);
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      target.write(file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8));
    }
  }
}
