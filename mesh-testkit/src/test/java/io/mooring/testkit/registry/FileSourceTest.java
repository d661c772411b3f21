package io.mooring.testkit.registry;

import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.RegistrySource;
import io.mooring.registry.file.FileSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest implements RegistrySourceContract {

  @TempDir Path parent;

  private Path directory = Path.of(".");
  private FileSource source = FileSource.of(Path.of("."));

  @BeforeEach
  void makeSource() throws IOException {
    directory = Files.createDirectory(parent.resolve("mesh"));
    source = FileSource.of(directory);
  }

  @Override
  public RegistrySource source() {
    return source;
  }

  @Override
  public void put(WorkloadEntry entry) throws IOException {
    Files.writeString(file(entry), new ConfigCodec().toYaml(entry));
  }

  @Override
  public void remove(WorkloadEntry entry) throws IOException {
    Files.delete(file(entry));
  }

  @Override
  public boolean interrupt() throws IOException {
    Files.move(directory, parent.resolve("away"));
    return true;
  }

  @Override
  public void restore() throws IOException {
    Files.move(parent.resolve("away"), directory);
  }

  private Path file(WorkloadEntry entry) {
    return directory.resolve(entry.metadata().name() + ".yaml");
  }
}
