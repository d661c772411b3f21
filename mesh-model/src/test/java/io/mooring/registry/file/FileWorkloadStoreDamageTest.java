package io.mooring.registry.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.Versioned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Whatever a crash or a disk does to one file: it is told, or it changed nothing that counts. */
class FileWorkloadStoreDamageTest {

  private static final WorkloadEntry VICTIM = StoreWriter.entry("victim", 7);
  private static final WorkloadEntry OTHER = StoreWriter.entry("other", 8);

  /** What happens to the bytes of a file. */
  private interface Damage {
    byte[] of(byte[] bytes);
  }

  @Property(tries = 40, edgeCases = EdgeCasesMode.FIRST)
  void aFileThatIsCutOffIsReportedAndTheRestIsServed(
      @ForAll @DoubleRange(min = 0, max = 1) double at) {
    check(bytes -> Arrays.copyOf(bytes, (int) Math.round(at * bytes.length)));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.FIRST)
  void aFileWithABitThatFlippedIsReportedAndTheRestIsServed(
      @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double at,
      @ForAll @IntRange(min = 0, max = 7) int bit) {
    check(
        bytes -> {
          byte[] flipped = bytes.clone();
          flipped[(int) (at * bytes.length)] ^= (byte) (1 << bit);
          return flipped;
        });
  }

  /** As after a crash of a disk that keeps the length of a file and not what is in it. */
  @Property(tries = 20, edgeCases = EdgeCasesMode.FIRST)
  void aFileWhoseEndIsZeroesIsReportedAndTheRestIsServed(
      @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double from) {
    check(
        bytes -> {
          byte[] zeroed = bytes.clone();
          Arrays.fill(zeroed, (int) (from * bytes.length), bytes.length, (byte) 0);
          return zeroed;
        });
  }

  private static void check(Damage damage) {
    @Nullable Path directory = null;
    try {
      directory = Files.createTempDirectory("mooring-damage");
      FileWorkloadStore store = FileWorkloadStore.open(directory);
      store.put(VICTIM, Versioned.ABSENT);
      store.put(OTHER, Versioned.ABSENT);
      Path file = directory.resolve(EntryFiles.fileName(VICTIM.key()));
      Files.write(file, damage.of(Files.readAllBytes(file)));
      FileWorkloadStore reopened = FileWorkloadStore.open(directory);
      assertThat(reopened.get(OTHER.key()).map(Versioned::value)).contains(OTHER);
      List<WorkloadEntry> held = reopened.list().stream().map(Versioned::value).toList();
      if (reopened.unreadableFiles().isEmpty()) {
        assertThat(held).containsExactly(OTHER, VICTIM);
      } else {
        assertThat(reopened.unreadableFiles()).containsOnlyKeys(file.getFileName().toString());
        assertThat(held).containsExactly(OTHER);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      remove(directory);
    }
  }

  private static void remove(@Nullable Path directory) {
    if (directory != null) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
