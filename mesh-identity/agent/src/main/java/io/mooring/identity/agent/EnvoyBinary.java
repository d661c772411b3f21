package io.mooring.identity.agent;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the Envoy executable: {@code ENVOY_BINARY}, else {@code envoy} on the {@code PATH}. */
public final class EnvoyBinary {

  private EnvoyBinary() {}

  /** Returns the executable that this process's environment names. */
  public static Optional<Path> find() {
    return find(System.getenv());
  }

  /**
   * Returns the executable that {@code environment} names.
   *
   * @throws IllegalArgumentException if {@code ENVOY_BINARY} is set but is no executable file: a
   *     wrong value is an error, not a reason to take another binary
   */
  public static Optional<Path> find(Map<String, String> environment) {
    String explicit = Objects.requireNonNullElse(environment.get("ENVOY_BINARY"), "");
    if (!explicit.isEmpty()) {
      Path binary = Path.of(explicit);
      if (!isExecutable(binary)) {
        throw new IllegalArgumentException(
            "ENVOY_BINARY: '" + explicit + "' (expected: an executable file)");
      }
      return Optional.of(binary);
    }
    String path = Objects.requireNonNullElse(environment.get("PATH"), "");
    return Stream.of(path.split(File.pathSeparator))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, "envoy"))
        .filter(EnvoyBinary::isExecutable)
        .findFirst();
  }

  private static boolean isExecutable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
