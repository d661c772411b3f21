package io.mooring.cli;

import io.mooring.cli.Failures.CommandFailedException;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.file.FileSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The mesh that a directory of configuration describes, read once, without a server. */
record MeshFiles(FileSource source, ServiceRegistry registry) implements AutoCloseable {

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(20);

  /** Refuses a {@code --config} that is no directory, before anything opens. */
  static void require(CommandSpec spec, Path config) {
    if (!Files.isDirectory(config)) {
      throw new ParameterException(
          spec.commandLine(), "--config: '" + config + "' (expected: an existing directory)");
    }
  }

  static MeshFiles open(Path config) throws IOException, InterruptedException {
    FileSource source = FileSource.of(config);
    ServiceRegistry registry = ServiceRegistry.builder().source(source).build().start();
    MeshFiles files = new MeshFiles(source, registry);
    if (!registry.awaitSynced(READ_TIMEOUT)) {
      files.close();
      throw new CommandFailedException(config + " could not be read within " + READ_TIMEOUT);
    }
    return files;
  }

  RegistrySnapshot snapshot() {
    return registry.snapshot();
  }

  @Override
  public void close() {
    registry.close();
    source.close();
  }
}
