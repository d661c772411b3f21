package io.mooring.registry.file;

import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.ParsedConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads configuration files once, by the rules of {@link FileSource}. Stateless. */
public final class ConfigFiles {

  private ConfigFiles() {}

  /**
   * Returns the configuration files beneath a directory, in the order of their paths.
   *
   * @throws IOException if the directory cannot be listed
   */
  public static List<Path> list(Path directory) throws IOException {
    return DirectoryListing.read(directory).stampsByFile().keySet().stream()
        .map(directory::resolve)
        .toList();
  }

  /**
   * Returns what a file says; what is wrong with it, also that it is too long or no UTF-8, is among
   * the problems.
   *
   * @throws IOException if the file cannot be read
   */
  public static ParsedConfig parse(Path file, ConfigCodec codec) throws IOException {
    return FileText.read(file).parse(file.toString(), codec::parse);
  }
}
