package io.mooring.registry.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Synced;
import io.mooring.registry.RegistryEvent.Upsert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real file system and real time: hints without a poll, and a poll without hints. */
class FileSourceWatchTest {

  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration OFTEN = Duration.ofMillis(20);

  @TempDir Path directory;

  private final Map<String, String> addresses = new ConcurrentHashMap<>();
  private FileSource source = FileSource.of(Path.of("."));

  @AfterEach
  void close() {
    source.close();
  }

  @Test
  void aHintBringsAnEditWithoutAPoll() throws IOException {
    Files.writeString(directory.resolve("a.yaml"), "one 1");
    start(directory, NEVER, true);
    Files.writeString(directory.resolve("a.yaml"), "one 2");
    await().until(() -> "2".equals(addresses.get("one")));
  }

  @Test
  void aHintBringsAFileThatIsRenamedIntoPlace() throws IOException {
    start(directory, NEVER, true);
    Path temporary = Files.writeString(directory.resolve(".a.yaml.tmp"), "one 1");
    Files.move(temporary, directory.resolve("a.yaml"), StandardCopyOption.ATOMIC_MOVE);
    await().until(() -> addresses.containsKey("one"));
  }

  @Test
  void aHintBringsAFileInANewSubDirectory() throws IOException {
    start(directory, NEVER, true);
    Path sub = Files.createDirectories(directory.resolve("new/sub"));
    Files.writeString(sub.resolve("a.yaml"), "one 1");
    await().until(() -> addresses.containsKey("one"));
    Files.writeString(sub.resolve("a.yaml"), "one 2");
    await().until(() -> "2".equals(addresses.get("one")));
  }

  @Test
  void anObjectOfADeletedFileGoesWithoutAPoll() throws IOException {
    Path file = Files.writeString(directory.resolve("a.yaml"), "one 1");
    start(directory, NEVER, true);
    Files.delete(file);
    await().until(addresses::isEmpty);
  }

  @Test
  void aPollBringsAnEditBehindALink() throws IOException {
    Path target = Files.writeString(directory.resolve(".target"), "one 1");
    Files.createSymbolicLink(directory.resolve("a.yaml"), target);
    start(directory, OFTEN, false);
    Files.writeString(target, "one 2");
    await().until(() -> "2".equals(addresses.get("one")));
  }

  @Test
  void aDirectoryThatWasReplacedIsWatchedAnew() throws IOException {
    Path root = Files.createDirectory(directory.resolve("root"));
    Files.writeString(root.resolve("a.yaml"), "one 1");
    start(root, OFTEN, true);
    Files.move(root, directory.resolve("old"));
    Files.createDirectory(root);
    Files.writeString(root.resolve("a.yaml"), "one 2");
    await().until(() -> "2".equals(addresses.get("one")));
    Files.writeString(root.resolve("a.yaml"), "one 3");
    await().until(() -> "3".equals(addresses.get("one")));
  }

  @Test
  void closingEndsEveryThread() throws IOException {
    start(directory, OFTEN, true);
    source.close();
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("mooring-file")));
  }

  private void start(Path root, Duration poll, boolean watching) {
    FileSource.Builder builder =
        FileSource.builder(root).parser(LineParser::parse).pollInterval(poll);
    source = (watching ? builder : builder.withoutWatch()).build();
    source.start(this::accept);
    await().until(() -> addresses.containsKey("(synced)"));
    addresses.remove("(synced)");
  }

  private void accept(List<RegistryEvent> batch) {
    for (RegistryEvent event : batch) {
      if (event instanceof Upsert upsert) {
        WorkloadEntry entry = (WorkloadEntry) upsert.object();
        addresses.put(entry.metadata().name(), entry.spec().address());
      } else if (event instanceof Delete delete) {
        addresses.remove(delete.key().name());
      } else if (event instanceof Synced) {
        addresses.put("(synced)", "");
      }
    }
  }
}
