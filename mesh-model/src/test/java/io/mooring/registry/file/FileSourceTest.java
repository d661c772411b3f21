package io.mooring.registry.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.codec.Problem;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Synced;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of time and of broken files, with a clock that stands still between looks. */
class FileSourceTest {

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration QUIET = Duration.ofMillis(50);
  private static final Duration SETTLE = Duration.ofMillis(500);

  @TempDir Path directory;

  private final FakeClock clock = new FakeClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final List<List<RegistryEvent>> batches = new ArrayList<>();
  private final SortedMap<String, String> addresses = new TreeMap<>();
  private int deletes;

  @Test
  void everythingThatIsThereComesInOneBatchBeforeSynced() throws IOException {
    write("b.yaml", "two 2");
    write("sub/a.json", "one 1");
    start();
    assertThat(batches).hasSize(1);
    assertThat(batches.get(0)).endsWith(new Synced());
    assertThat(addresses).containsOnlyKeys("one", "two");
  }

  @Test
  void anEmptyDirectoryIsSynced() {
    start();
    assertThat(batches).containsExactly(List.of(new Synced()));
  }

  @Test
  void aMissingDirectoryIsRefusedAtStart() {
    try (FileSource source = source(directory.resolve("none"))) {
      assertThatThrownBy(() -> source.start(batch -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("none")
          .hasMessageContaining("expected: a directory");
    }
  }

  @Test
  void editorsFilesAndHiddenDirectoriesAreSkipped() throws IOException {
    for (String name :
        List.of(
            ".a.yaml",
            "#a.yaml#",
            "#a.yaml",
            "a.yaml~",
            ".a.yaml.swp",
            "4913",
            "a.txt",
            ".git/a.yaml",
            "..2026/a.yaml")) {
      write(name, "hidden");
    }
    Files.createDirectory(directory.resolve("directory.yaml"));
    start();
    assertThat(addresses).isEmpty();
  }

  @Test
  void anEditCountsAfterItLayStill() throws IOException {
    write("a.yaml", "one 1");
    start();
    write("a.yaml", "one 2");
    executor.advance(POLL);
    assertThat(addresses).containsEntry("one", "1");
    executor.advance(QUIET);
    assertThat(addresses).containsEntry("one", "2");
  }

  @Test
  void aFileThatIsStillWrittenToIsNotRead() throws IOException {
    write("a.yaml", "one 1");
    start();
    write("a.yaml", "one 1\ntw");
    executor.advance(POLL);
    write("a.yaml", "one 1\ntwo");
    executor.advance(QUIET);
    write("a.yaml", "one 1\ntwo 2\n");
    executor.advance(QUIET);
    assertThat(addresses).containsOnlyKeys("one");
    executor.advance(QUIET);
    assertThat(addresses).containsEntry("two", "2").doesNotContainKey("tw");
  }

  @Test
  void aFileThatNeverLiesStillIsReadAfterASecond() throws IOException {
    start();
    int looks = 0;
    while (addresses.isEmpty()) {
      write("a.yaml", "one " + looks);
      executor.advance(looks++ == 0 ? POLL : QUIET);
      assertThat(looks).isLessThan(30);
    }
    assertThat(looks).isGreaterThanOrEqualTo(20);
  }

  @Test
  void aChangeThatLeavesSizeAndTimeAsTheyWereIsSeen() throws IOException {
    Path file = write("a.yaml", "one 1");
    FileTime time = Files.getLastModifiedTime(file);
    start();
    write("a.yaml", "one 2");
    Files.setLastModifiedTime(file, time);
    executor.advance(POLL.plus(QUIET));
    assertThat(addresses).containsEntry("one", "2");
  }

  @Test
  void touchingAFileIsNoEvent() throws IOException {
    Path file = write("a.yaml", "one 1");
    start();
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    executor.advance(POLL.multipliedBy(3));
    assertThat(batches).hasSize(1);
  }

  @Test
  void anObjectGoesWhenAGoodVersionHasLackedItForHalfASecond() throws IOException {
    write("a.yaml", "one 1\ntwo 2");
    start();
    write("a.yaml", "one 1");
    executor.advance(POLL.plus(SETTLE).minusMillis(1));
    assertThat(addresses).containsOnlyKeys("one", "two");
    executor.advance(Duration.ofMillis(1));
    assertThat(addresses).containsOnlyKeys("one");
  }

  @Test
  void aDeletedFileTakesItsObjectsAlongAfterHalfASecond() throws IOException {
    Path file = write("a.yaml", "one 1");
    start();
    Files.delete(file);
    executor.advance(POLL.plus(SETTLE).minusMillis(1));
    assertThat(addresses).containsOnlyKeys("one");
    executor.advance(Duration.ofMillis(1));
    assertThat(addresses).isEmpty();
  }

  @Test
  void anEmptyFileCountsAfterHalfASecond() throws IOException {
    write("a.yaml", "one 1");
    start();
    write("a.yaml", "");
    executor.advance(POLL.plus(SETTLE).minusMillis(1));
    assertThat(addresses).containsOnlyKeys("one");
    executor.advance(Duration.ofMillis(1));
    assertThat(addresses).isEmpty();
  }

  @Test
  void aFileThatIsDeletedAndCreatedNeverDropsAnObject() throws IOException {
    Path file = write("a.yaml", "one 1\ntwo 2");
    start();
    Files.delete(file);
    executor.advance(POLL.plus(SETTLE).minusMillis(1));
    write("a.yaml", "one 3\ntwo 2");
    executor.advance(POLL.multipliedBy(2));
    assertThat(addresses).containsEntry("one", "3").containsEntry("two", "2");
    assertThat(deletes).isZero();
  }

  @Test
  void aFileThatIsCreatedAsItWasIsNoEvent() throws IOException {
    Path file = write("a.yaml", "one 1");
    start();
    Files.delete(file);
    executor.advance(POLL);
    write("a.yaml", "one 1");
    executor.advance(POLL.multipliedBy(3));
    assertThat(batches).hasSize(1);
    assertThat(addresses).containsOnlyKeys("one");
  }

  @Test
  void aTruncatedFileThatIsFilledAgainNeverDropsAnObject() throws IOException {
    write("a.yaml", "one 1\ntwo 2");
    start();
    write("a.yaml", "");
    executor.advance(POLL.plus(QUIET));
    write("a.yaml", "one 1");
    executor.advance(SETTLE);
    write("a.yaml", "one 1\ntwo 2");
    executor.advance(POLL.multipliedBy(3));
    assertThat(addresses).containsOnlyKeys("one", "two");
    assertThat(deletes).isZero();
  }

  @Test
  void goodDocumentsOfABrokenFileApplyAndWhatItLacksStays() throws IOException {
    write("a.yaml", "one 1\ntwo 2\nthree 3");
    FileSource source = start();
    write("a.yaml", "one 9\nbad\nfour 4");
    executor.advance(Duration.ofHours(1));
    assertThat(addresses)
        .containsEntry("one", "9")
        .containsEntry("two", "2")
        .containsEntry("three", "3")
        .containsEntry("four", "4");
    assertThat(source.problems().broken()).containsOnlyKeys("a.yaml");
    assertThat(firstProblem(source, "a.yaml").line()).isEqualTo(2);
    assertThat(source.problems().rejected()).isEqualTo(1);
  }

  @Test
  void whatABrokenFileHeldGoesWhenAGoodVersionOmitsIt() throws IOException {
    write("a.yaml", "one 1\ntwo 2");
    FileSource source = start();
    write("a.yaml", "bad");
    executor.advance(POLL.plus(QUIET));
    write("a.yaml", "two 2");
    executor.advance(POLL.plus(SETTLE));
    assertThat(addresses).containsOnlyKeys("two");
    assertThat(source.problems().broken()).isEmpty();
    assertThat(source.problems().rejected()).isEqualTo(1);
  }

  @Test
  void aBrokenFileThatIsDeletedTakesWhatItHeldAlong() throws IOException {
    Path file = write("a.yaml", "one 1");
    FileSource source = start();
    write("a.yaml", "bad");
    executor.advance(POLL.plus(QUIET));
    Files.delete(file);
    executor.advance(POLL.plus(SETTLE));
    assertThat(addresses).isEmpty();
    assertThat(source.problems().broken()).isEmpty();
  }

  @Test
  void everyBrokenVersionIsCountedOnce() throws IOException {
    FileSource source = start();
    write("a.yaml", "bad");
    executor.advance(POLL.multipliedBy(5));
    assertThat(source.problems().rejected()).isEqualTo(1);
    write("a.yaml", "bad\nbad");
    executor.advance(POLL.multipliedBy(5));
    assertThat(source.problems().rejected()).isEqualTo(2);
  }

  @Test
  void somebodyElsesKindsAndWarningsAreNoticesThatHoldNothing() throws IOException {
    write("a.yaml", "one 1\ntwo 2");
    FileSource source = start();
    write("a.yaml", "one 1\nunknown\nwarning");
    executor.advance(POLL.plus(SETTLE));
    assertThat(addresses).containsOnlyKeys("one");
    assertThat(source.problems().broken()).isEmpty();
    assertThat(source.problems().notices().get("a.yaml")).hasSize(2);
    assertThat(source.problems().rejected()).isZero();
  }

  @Test
  void whatCannotBeDecodedOrParsedIsABrokenFile() throws IOException {
    write("a.yaml", "one 1");
    write("b.yaml", "two 2");
    FileSource source = start();
    Files.write(directory.resolve("a.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    write("b.yaml", "crash");
    executor.advance(POLL.plus(SETTLE));
    assertThat(addresses).containsOnlyKeys("one", "two");
    assertThat(source.problems().broken()).containsOnlyKeys("a.yaml", "b.yaml");
    assertThat(firstProblem(source, "a.yaml").message()).contains("UTF-8");
  }

  @Test
  void ofTwoFilesWithOneObjectTheFirstByPathCountsAndTheOtherIsReported() throws IOException {
    write("b.yaml", "one 2");
    FileSource source = start();
    write("a.yaml", "one 1");
    executor.advance(POLL.plus(QUIET));
    assertThat(addresses).containsEntry("one", "1");
    assertThat(source.problems().broken()).containsOnlyKeys("b.yaml");
    assertThat(firstProblem(source, "b.yaml").message())
        .contains("WorkloadEntry/demo/one")
        .contains("a.yaml");
    Files.delete(directory.resolve("a.yaml"));
    executor.advance(POLL.plus(SETTLE));
    assertThat(addresses).containsEntry("one", "2");
    assertThat(source.problems().broken()).isEmpty();
    assertThat(deletes).isZero();
  }

  @Test
  void ofTwoDocumentsOfOneObjectInAFileTheFirstCountsAndTheOtherIsReported() throws IOException {
    write("a.yaml", "one 1\ntwo 2\none 3");
    FileSource source = start();
    assertThat(addresses).containsEntry("one", "1");
    assertThat(source.problems().broken().get("a.yaml")).hasSize(1);
    write("a.yaml", "one 1\none 3");
    executor.advance(POLL.plus(SETTLE));
    assertThat(addresses).as("a duplicate holds nothing back").containsOnlyKeys("one");
  }

  @Test
  void anObjectThatMovesToAnotherFileIsNeverAwayAndNeverADuplicate() throws IOException {
    write("a.yaml", "one 1");
    FileSource source = start();
    Files.delete(directory.resolve("a.yaml"));
    write("b.yaml", "one 2");
    executor.advance(POLL.plus(QUIET));
    assertThat(addresses).as("stated beats held").containsEntry("one", "2");
    executor.advance(POLL);
    assertThat(addresses).containsEntry("one", "2");
    assertThat(deletes).isZero();
    assertThat(source.problems().rejected()).isZero();
  }

  @Test
  void aDirectoryThatVanishesLeavesEverythingAsItWasUntilItIsBack() throws IOException {
    Path root = Files.createDirectory(directory.resolve("root"));
    Files.writeString(root.resolve("a.yaml"), "one 1");
    FileSource source = start(root);
    Files.move(root, directory.resolve("away"));
    executor.advance(Duration.ofHours(1));
    assertThat(addresses).containsOnlyKeys("one");
    assertThat(source.problems().directory()).isPresent();
    Files.createDirectory(root);
    Files.writeString(root.resolve("b.yaml"), "two 2");
    executor.advance(POLL.multipliedBy(2));
    assertThat(addresses).containsOnlyKeys("two");
    assertThat(source.problems().directory()).isEmpty();
  }

  @Test
  void aSubDirectoryThatVanishesTakesItsObjectsAlong() throws IOException {
    write("sub/a.yaml", "one 1");
    start();
    Files.move(directory.resolve("sub"), directory.resolve(".sub"));
    executor.advance(POLL.plus(SETTLE));
    assertThat(addresses).isEmpty();
  }

  @Test
  void aConfigMapThatFlipsIsSeen() throws IOException {
    write("..1/a.yaml", "one 1");
    write("..2/a.yaml", "one 2");
    Path data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(directory.resolve("a.yaml"), Path.of("..data/a.yaml"));
    start();
    assertThat(addresses).containsEntry("one", "1");
    Path next = Files.createSymbolicLink(directory.resolve("..tmp"), Path.of("..2"));
    Files.move(next, data, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    executor.advance(POLL.plus(QUIET));
    assertThat(addresses).containsEntry("one", "2");
    assertThat(deletes).isZero();
  }

  @Test
  void linksThatLeadNowhereOrInCirclesDoNoHarm() throws IOException {
    write("sub/a.yaml", "one 1");
    Files.createSymbolicLink(directory.resolve("sub/loop"), directory);
    Files.createSymbolicLink(directory.resolve("broken.yaml"), Path.of("nowhere"));
    FileSource source = start();
    assertThat(addresses).containsOnlyKeys("one");
    assertThat(source.problems()).isEqualTo(FileProblems.NONE);
  }

  @Test
  void nothingFollowsAfterClose() throws IOException {
    FileSource source = start();
    source.close();
    source.close();
    write("a.yaml", "one 1");
    executor.advance(POLL.multipliedBy(3));
    assertThat(batches).hasSize(1);
  }

  @Test
  void anObserverIsToldWhenAFileBreaksAndWhenItIsRightAgain() throws IOException {
    List<FileProblems> told = new ArrayList<>();
    FileSource source =
        FileSource.builder(directory)
            .parser(LineParser::parse)
            .clock(clock)
            .executor(executor)
            .withoutWatch()
            .observer((before, after) -> told.add(after))
            .build();
    source.start(this::accept);
    write("a.yaml", "bad");
    executor.advance(POLL.multipliedBy(3));
    write("a.yaml", "one 1");
    executor.advance(POLL.multipliedBy(3));
    assertThat(told).hasSize(2);
    assertThat(told.get(0).broken()).containsOnlyKeys("a.yaml");
    assertThat(told.get(1).broken()).isEmpty();
  }

  private static Problem firstProblem(FileSource source, String file) {
    return source.problems().broken().getOrDefault(file, List.of()).get(0);
  }

  @Test
  void aLookThatIsUnderWayWhenTheSourceClosesTellsNobody() throws IOException {
    write("a.yaml", "one 1\nbad");
    List<FileProblems> problems = new ArrayList<>();
    List<FileSource> self = new ArrayList<>();
    FileSource source =
        FileSource.builder(directory)
            .parser(
                (file, text) -> {
                  self.get(0).close();
                  return LineParser.parse(file, text);
                })
            .clock(clock)
            .executor(executor)
            .observer((before, after) -> problems.add(after))
            .build();
    self.add(source);
    source.start(this::accept);
    executor.runReady();
    assertThat(batches).isEmpty();
    assertThat(problems).isEmpty();
    assertThat(executor.pending()).isZero();
  }

  @Test
  void aClosedWatchFollowsNothing() {
    List<String> hints = new ArrayList<>();
    DirectoryWatch watch = new DirectoryWatch(directory.getFileSystem(), () -> hints.add("hint"));
    watch.close();
    watch.follow(Map.of(directory, Optional.empty()));
    assertThat(hints).isEmpty();
  }

  private FileSource start() {
    return start(directory);
  }

  private FileSource start(Path root) {
    FileSource source = source(root);
    source.start(this::accept);
    executor.runReady();
    return source;
  }

  private FileSource source(Path root) {
    return FileSource.builder(root)
        .parser(LineParser::parse)
        .clock(clock)
        .executor(executor)
        .withoutWatch()
        .observer((before, after) -> {})
        .build();
  }

  private void accept(List<RegistryEvent> batch) {
    batches.add(batch);
    for (RegistryEvent event : batch) {
      if (event instanceof Upsert upsert) {
        WorkloadEntry entry = (WorkloadEntry) upsert.object();
        addresses.put(entry.metadata().name(), entry.spec().address());
      } else if (event instanceof Delete delete) {
        addresses.remove(delete.key().name());
        deletes++;
      }
    }
  }

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
