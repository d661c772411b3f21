package io.mooring.cli;

import io.mooring.cli.Failures.CommandFailedException;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.file.FileSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The mesh that a directory of configuration describes, read once, without a server. */
record MeshFiles(List<FileSource> sources, ServiceRegistry registry) implements AutoCloseable {

  private static final String REGISTERED = "workloads";
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(20);

  /** Refuses a {@code --config} that is no directory, before anything opens. */
  static void require(CommandSpec spec, Path config) {
    if (!Files.isDirectory(config)) {
      throw new ParameterException(
          spec.commandLine(), "--config: '" + config + "' (expected: an existing directory)");
    }
  }

  /** Refuses a {@code --data} that is no directory as well. */
  static void require(CommandSpec spec, Path config, @Nullable Path data) {
    require(spec, config);
    if (data != null && !Files.isDirectory(data)) {
      throw new ParameterException(
          spec.commandLine(), "--data: '" + data + "' (expected: an existing directory)");
    }
  }

  static MeshFiles open(Path config) throws IOException, InterruptedException {
    return open(config, List.of(FileSource.of(config)));
  }

  /** Reads also the workloads that the control plane of {@code data}, if any, has registered. */
  static MeshFiles open(Path config, @Nullable Path data) throws IOException, InterruptedException {
    return data == null || !Files.isDirectory(data.resolve(REGISTERED))
        ? open(config)
        : open(config, List.of(FileSource.of(config), FileSource.of(data.resolve(REGISTERED))));
  }

  private static MeshFiles open(Path config, List<FileSource> sources) throws InterruptedException {
    ServiceRegistry.Builder builder = ServiceRegistry.builder();
    sources.forEach(builder::source);
    MeshFiles files = new MeshFiles(sources, builder.build().start());
    if (!files.registry.awaitSynced(READ_TIMEOUT)) {
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
    sources.forEach(FileSource::close);
  }
}
