package io.mooring.registry.file;

import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistrySink;
import io.mooring.registry.RegistrySource;
import io.mooring.registry.ServiceRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;

/**
 * How long a directory of 1,000 files with 200,000 WorkloadEntries takes to become a synced
 * registry, beside what the bare YAML parser takes to read the same files into trees, and beside a
 * source that hands over the objects. All of it in one run, in turn.
 */
final class DirectorySyncBenchmark {

  private static final int FILES = Integer.getInteger("files", 1_000);
  private static final int ENTRIES_PER_FILE = 200;
  private static final int ROUNDS = Integer.getInteger("rounds", 5);

  private DirectorySyncBenchmark() {}

  /** Runs the rounds, of which the first ones warm up. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("mooring-bench");
    List<Path> files = write(directory);
    List<ConfigObject> objects = new ArrayList<>();
    ConfigCodec codec = new ConfigCodec();
    for (Path file : files) {
      ConfigFiles.parse(file, codec).objects().stream()
          .map(LocatedObject::object)
          .forEach(objects::add);
    }
    for (int i = 0; i < ROUNDS; i++) {
      double bare = seconds(() -> files.forEach(DirectorySyncBenchmark::compose));
      double bareParallel =
          seconds(() -> files.parallelStream().forEach(DirectorySyncBenchmark::compose));
      double synced = sync(FileSource.of(directory));
      double handed = sync(new Handing(objects));
      System.out.printf(
          "bare_seconds=%.2f bare_parallel_seconds=%.2f synced_seconds=%.2f ratio=%.2f"
              + " ratio_to_parallel=%.2f handed_over_seconds=%.2f%n",
          bare, bareParallel, synced, synced / bare, synced / bareParallel, handed);
    }
    delete(directory);
  }

  private static double sync(RegistrySource source) {
    return seconds(
        () -> {
          try (ServiceRegistry registry = ServiceRegistry.builder().source(source).build()) {
            registry.start();
            if (!registry.awaitSynced(Duration.ofMinutes(5))) {
              throw new IllegalStateException("not synced");
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static double seconds(Runnable work) {
    System.gc();
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static void compose(Path file) {
    try {
      LoadSettings settings = LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
      new Compose(settings).composeAllFromString(Files.readString(file)).forEach(node -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> write(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    for (int file = 0; file < FILES; file++) {
      StringBuilder text = new StringBuilder();
      for (int entry = 0; entry < ENTRIES_PER_FILE; entry++) {
        int id = file * ENTRIES_PER_FILE + entry;
        text.append(
            """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata:
              name: vm-%d
              namespace: ns-%d
              labels:
                app: app-%d
                version: v1
            spec:
              address: 10.%d.%d.%d
              labels:
                app: app-%d
                version: v1
              serviceAccount: account-%d
              network: network-1
              locality: region/zone/subzone
              weight: 10
              ports:
                http: 8080
                grpc: 9090
            ---
            """
                .formatted(
                    id,
                    id % 100,
                    id % 1000,
                    id >> 16,
                    (id >> 8) & 255,
                    id & 255,
                    id % 1000,
                    id % 1000));
      }
      files.add(Files.writeString(directory.resolve("entries-" + file + ".yaml"), text));
    }
    return files;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** A source that has its objects already. */
  private record Handing(List<ConfigObject> objects) implements RegistrySource {

    @Override
    public String name() {
      return "handing";
    }

    @Override
    public void start(RegistrySink sink) {
      List<RegistryEvent> batch = new ArrayList<>();
      objects.forEach(object -> batch.add(new RegistryEvent.Upsert(object)));
      batch.add(new RegistryEvent.Synced());
      sink.accept(batch);
    }

    @Override
    public void close() {}
  }
}
