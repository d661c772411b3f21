package io.mooring.testkit.envoy;

import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The private directory of one Envoy process: its bootstrap, its log, its admin address. */
final class EnvoyFiles implements AutoCloseable {

  private static final long KILL_SECONDS = 5;

  private final Path directory;
  private final Path bootstrap;

  private EnvoyFiles(Path directory, Path bootstrap) {
    this.directory = directory;
    this.bootstrap = bootstrap;
  }

  /** Returns files with a bootstrap in Envoy's binary form, which needs no registry of types. */
  static EnvoyFiles create(Message bootstrap) {
    return create("bootstrap.pb", bootstrap.toByteArray());
  }

  /** Returns files with a bootstrap in JSON or YAML. */
  static EnvoyFiles create(String bootstrap) {
    return create("bootstrap.yaml", bootstrap.getBytes(StandardCharsets.UTF_8));
  }

  private static EnvoyFiles create(String name, byte[] bootstrap) {
    try {
      Path directory = Files.createTempDirectory("mooring-envoy-");
      return new EnvoyFiles(directory, Files.write(directory.resolve(name), bootstrap));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a bootstrap to a temporary directory", e);
    }
  }

  Path bootstrap() {
    return bootstrap;
  }

  Path adminAddress() {
    return directory.resolve("admin-address");
  }

  String log() {
    Path file = logFile();
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException("log of Envoy " + file, e);
    }
  }

  private Path logFile() {
    return directory.resolve("envoy.log");
  }

  Process start(List<String> command) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(logFile().toFile())
          .start();
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("cannot start " + command.get(0), e);
    }
  }

  static void kill(Process process) {
    process.destroyForcibly();
    try {
      if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("process " + process.pid() + " survived SIGKILL");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException e) {
      // closed before
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + directory, e);
    }
  }
}
