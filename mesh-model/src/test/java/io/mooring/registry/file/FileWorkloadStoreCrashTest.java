package io.mooring.registry.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.Versioned;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of a process that writes, again and again. */
class FileWorkloadStoreCrashTest {

  private static final int KILLS = 8;

  @TempDir private Path directory;

  private final Map<String, Long> acknowledged = new HashMap<>(); // 0: deleted
  private final Map<String, Long> begun = new HashMap<>(); // and not acknowledged

  @Test
  void nothingThatWasAcknowledgedIsLostByKillMinusNine() throws Exception {
    Random random = new Random(1);
    long operations = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      operations += runAndKill(operations, 1 + random.nextInt(60));
      check();
    }
    assertThat(operations).isGreaterThan(KILLS);
  }

  @Test
  void aSecondProcessIsRefusedUntilTheFirstHasClosed() throws Exception {
    try (FileWorkloadStore held = FileWorkloadStore.open(directory)) {
      held.put(StoreWriter.entry("vm-0", 1), Versioned.ABSENT);
      Process second = writer(0, ProcessBuilder.Redirect.PIPE);
      String errors = new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(second.waitFor()).isNotZero();
      assertThat(errors).contains("is held by another process", directory.toString());
    }
    assertThat(runAndKill(2, 6)).isPositive();
  }

  private Process writer(long start, ProcessBuilder.Redirect errors) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            StoreWriter.class.getName(),
            directory.toString(),
            Long.toString(start * 2))
        .redirectError(errors)
        .start();
  }

  private long runAndKill(long start, int linesBeforeKill)
      throws IOException, InterruptedException {
    Process writer = writer(start, ProcessBuilder.Redirect.INHERIT);
    long done = 0;
    try (BufferedReader lines = writer.inputReader(StandardCharsets.UTF_8)) {
      int seen = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        done += note(line);
        if (++seen == linesBeforeKill) {
          writer.toHandle().destroyForcibly(); // unlike Process, leaves us what it said
        }
      }
    } finally {
      writer.destroyForcibly().waitFor();
    }
    return done;
  }

  private int note(String line) {
    String[] words = line.split(" ", -1);
    if (words.length < 4) {
      return 0; // cut off
    }
    long value = Long.parseLong(words[3]);
    if (words[0].equals("begin")) {
      begun.put(words[2], value);
      return 0;
    }
    begun.remove(words[2]);
    acknowledged.put(words[2], value);
    return 1;
  }

  private void check() {
    try (FileWorkloadStore store = FileWorkloadStore.open(directory)) {
      check(store);
    }
    begun.clear();
  }

  private void check(FileWorkloadStore store) {
    assertThat(store.unreadableFiles()).isEmpty();
    for (int i = 0; i < StoreWriter.NAMES; i++) {
      String name = "vm-" + i;
      Optional<WorkloadEntry> held =
          store.get(StoreWriter.entry(name, 0).key()).map(Versioned::value);
      long value =
          held.map(entry -> entry.spec().labels().getOrDefault("value", "v0").substring(1))
              .map(Long::parseLong)
              .orElse(0L);
      held.ifPresent(entry -> assertThat(entry).isEqualTo(StoreWriter.entry(name, value)));
      if (begun.containsKey(name)) {
        assertThat(value).as(name).isIn(acknowledged.getOrDefault(name, 0L), begun.get(name));
        acknowledged.put(name, value);
      } else {
        assertThat(value).as(name).isEqualTo(acknowledged.getOrDefault(name, 0L));
      }
    }
  }
}
