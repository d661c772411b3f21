package io.mooring.registry.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistryEvent.Synced;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.registry.Versioned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the disk adds to the contract of a store. */
class FileWorkloadStoreTest {

  @TempDir Path parent;

  @Test
  void entriesAndVersionsSurviveARestart() {
    WorkloadEntry entry =
        WorkloadEntry.builder()
            .metadata(
                Metadata.builder()
                    .namespace("demo")
                    .name("vm")
                    .putLabels("app", "ratings")
                    .putAnnotations("istio.io/autoRegistrationGroup", "ratings")
                    .build())
            .spec(
                WorkloadEntrySpec.builder()
                    .address("10.0.0.1")
                    .putPorts("http", 8080)
                    .serviceAccount("ratings")
                    .locality("r/z")
                    .weight(3)
                    .build())
            .build();
    Versioned<WorkloadEntry> written = open().put(entry, Versioned.ABSENT).orElseThrow();
    FileWorkloadStore reopened = open();
    assertThat(reopened.get(entry.key())).contains(written);
    assertThat(written.value()).isEqualTo(entry);
    assertThat(reopened.put(entry, Versioned.ABSENT)).isEmpty();
    assertThat(reopened.put(entry, written.version()).orElseThrow().version())
        .isNotEqualTo(written.version());
  }

  @Test
  void noVersionIsGivenTwiceAlsoAfterTheLatestEntryWasDeletedAndTheStoreOpenedAgain() {
    WorkloadEntry entry = entry("vm");
    FileWorkloadStore store = open();
    String first = store.put(entry, Versioned.ABSENT).orElseThrow().version();
    assertThat(store.delete(entry.key(), first)).isTrue();
    FileWorkloadStore reopened = open();
    assertThat(reopened.put(entry, Versioned.ABSENT).orElseThrow().version()).isNotEqualTo(first);
    assertThat(reopened.delete(entry.key(), first)).isFalse();
  }

  @Test
  void anEntryThatAPersonWroteWithAnEmptyVersionIsNotTakenForAbsent() throws IOException {
    WorkloadEntry entry = entry("vm");
    open().put(entry, Versioned.ABSENT);
    Path file = fileOf("vm");
    String text = Files.readString(file);
    Files.writeString(
        file,
        text.substring(0, text.indexOf("\n# sha256"))
            .replaceFirst("\"resourceVersion\"( ?: ?)\"[^\"]*\"", "\"resourceVersion\"$1\"\""));
    assertThat(Files.readString(file)).contains("resourceVersion");
    assertThat(open().put(entry, Versioned.ABSENT)).isEmpty();
  }

  @Test
  void aDeletedEntryStaysDeletedAfterARestart() {
    FileWorkloadStore store = open();
    Versioned<WorkloadEntry> written = store.put(entry("vm"), Versioned.ABSENT).orElseThrow();
    assertThat(store.delete(entry("vm").key(), written.version())).isTrue();
    assertThat(open().list()).isEmpty();
  }

  @Test
  void whatWasStoredIsWhatTheRegistryGetsAfterARestart() {
    open().put(entry("vm"), Versioned.ABSENT);
    List<RegistryEvent> events = new ArrayList<>();
    open().start(events::addAll);
    assertThat(events).containsExactly(new Upsert(entry("vm")), new Synced());
  }

  @Test
  void tornAndForeignFilesAreReportedAndTheRestIsServed() throws IOException {
    FileWorkloadStore store = open();
    store.put(entry("good"), Versioned.ABSENT);
    store.put(entry("torn"), Versioned.ABSENT);
    store.put(entry("moved"), Versioned.ABSENT);
    Path torn = fileOf("torn");
    String text = Files.readString(torn);
    Files.writeString(torn, text.substring(0, text.length() / 2));
    Files.move(fileOf("moved"), directory().resolve("elsewhere.yaml"));
    Files.write(directory().resolve("bytes.yaml"), new byte[] {(byte) 0xff, 0, 1});
    Files.writeString(directory().resolve("empty.yaml"), "");

    FileWorkloadStore reopened = open();
    assertThat(reopened.list()).extracting(Versioned::value).containsExactly(entry("good"));
    assertThat(reopened.unreadableFiles())
        .containsOnlyKeys(
            torn.getFileName().toString(), "elsewhere.yaml", "bytes.yaml", "empty.yaml");
  }

  @Test
  void aSingleBitThatChangedIsSeen() throws IOException {
    open().put(entry("vm"), Versioned.ABSENT);
    Path file = fileOf("vm");
    Files.writeString(file, Files.readString(file).replace("10.0.0.1", "10.0.0.0"));
    FileWorkloadStore reopened = open();
    assertThat(reopened.list()).isEmpty();
    assertThat(reopened.unreadableFiles().get(file.getFileName().toString()))
        .contains("checksum", "damaged");
  }

  @Test
  void aFileThatAPersonWroteNeedsNoChecksum() throws IOException {
    open().put(entry("vm"), Versioned.ABSENT);
    Path file = fileOf("vm");
    Files.writeString(file, Files.readString(file).replaceAll("\n# sha256.*\n", "\n"));
    assertThat(open().list()).hasSize(1);
  }

  @Test
  void anEntryOfAFormerReleaseIsKept() throws IOException {
    Versioned<WorkloadEntry> written = open().put(entry("vm"), Versioned.ABSENT).orElseThrow();
    Path file = fileOf("vm");
    Path former = Path.of(file.toString().replace(".yaml", ".json"));
    Files.writeString(former, Files.readString(file).replaceAll("\n# sha256.*\n", ""));
    Files.delete(file);
    FileWorkloadStore reopened = open();
    assertThat(reopened.list()).containsExactly(written);
    assertThat(reopened.delete(entry("vm").key(), written.version())).isTrue();
    assertThat(open().list()).isEmpty();
    assertThat(directory()).isDirectoryNotContaining("glob:**.{json,yaml,tmp}");
  }

  /** To read a pipe would wait for ever; what is no file of ours is none to move or delete. */
  @Test
  void whatIsNoFileIsReportedAndLeftAlone() throws Exception {
    open().put(entry("good"), Versioned.ABSENT);
    Path pipe = directory().resolve("pipe.yaml");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Files.createDirectories(directory().resolve("dir.yaml/inside"));
    Files.createDirectories(directory().resolve("dir.tmp/inside"));
    Files.createDirectories(directory().resolve("dir.json/inside"));
    Files.writeString(directory().resolve("notes.json"), "{}");
    Files.createSymbolicLink(directory().resolve("link.yaml"), parent.resolve("nowhere"));
    FileWorkloadStore reopened = open();
    assertThat(reopened.list()).extracting(Versioned::value).containsExactly(entry("good"));
    assertThat(reopened.unreadableFiles()).containsOnlyKeys("dir.yaml", "link.yaml", "pipe.yaml");
    assertThat(directory().resolve("dir.tmp/inside")).isDirectory();
    assertThat(directory().resolve("notes.json")).exists();
  }

  @Test
  void aFileOfAFormerReleaseDoesNotReplaceANewerOne() throws IOException {
    Versioned<WorkloadEntry> written = open().put(entry("vm"), Versioned.ABSENT).orElseThrow();
    Files.writeString(Path.of(fileOf("vm").toString().replace(".yaml", ".json")), "{}");
    FileWorkloadStore reopened = open();
    assertThat(reopened.list()).containsExactly(written);
    assertThat(reopened.unreadableFiles()).isEmpty();
  }

  @Test
  void anEntryWhoseFileIsTornCanBeWrittenAnew() throws IOException {
    open().put(entry("vm"), Versioned.ABSENT);
    Files.writeString(fileOf("vm"), "{");
    assertThat(open().put(entry("vm"), Versioned.ABSENT)).isPresent();
    assertThat(open().list()).hasSize(1);
  }

  @Test
  void whatAWriteThatWasCutOffLeftBehindIsRemoved() throws IOException {
    open().put(entry("vm"), Versioned.ABSENT);
    Path temporary = Path.of(fileOf("vm") + ".tmp");
    Files.writeString(temporary, "{");
    assertThat(open().list()).hasSize(1);
    assertThat(temporary).doesNotExist();
  }

  @Test
  void filesAreForTheirOwnerAlone() throws IOException {
    open().put(entry("vm"), Versioned.ABSENT);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fileOf("vm"))))
        .isEqualTo("rw-------");
  }

  @Test
  void anEntryThatCouldNotBeReadBackIsRefused() throws IOException {
    FileWorkloadStore store = open();
    WorkloadEntry hostile =
        WorkloadEntry.builder().from(entry("vm")).metadata(Metadata.of("..", "../../vm")).build();
    assertThatThrownBy(() -> store.put(hostile, Versioned.ABSENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("../../vm");
    assertThat(store.list()).isEmpty();
    try (Stream<Path> all = Files.walk(parent)) {
      assertThat(all.filter(Files::isRegularFile)).containsExactly(directory().resolve("lock"));
    }
  }

  @Test
  void aNameLongerThanAFileNameIsStored() {
    WorkloadEntry longest = entry(("x".repeat(63) + ".").repeat(3) + "x".repeat(61));
    open().put(longest, Versioned.ABSENT);
    assertThat(open().get(longest.key())).isPresent();
  }

  @Test
  void aWriteThatFailsLeavesTheOldEntry() throws IOException {
    FileWorkloadStore store = open();
    Versioned<WorkloadEntry> written = store.put(entry("vm"), Versioned.ABSENT).orElseThrow();
    List<RegistryEvent> events = new ArrayList<>();
    store.start(events::addAll);
    events.clear();
    Files.move(directory(), parent.resolve("away"));
    assertThatThrownBy(() -> store.put(entry("vm"), written.version()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("WorkloadEntry/demo/vm");
    assertThat(store.get(entry("vm").key())).contains(written);
    assertThat(events).isEmpty();
  }

  /** Half a file on a full disk would keep it full. */
  @Test
  void aWriteThatFailsLeavesNoTemporaryFile() throws IOException {
    FileWorkloadStore store = open();
    store.put(entry("vm"), Versioned.ABSENT);
    Files.delete(fileOf("vm"));
    Files.createDirectories(directory().resolve(EntryFiles.fileName(entry("vm").key()) + "/x"));
    Versioned<WorkloadEntry> held = store.get(entry("vm").key()).orElseThrow();
    assertThatThrownBy(() -> store.put(entry("vm"), held.version()))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(directory()).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
    Files.writeString(parent.resolve("file"), "");
    assertThatThrownBy(() -> FileWorkloadStore.open(parent.resolve("file/store")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("file");
  }

  private FileWorkloadStore open() {
    return FileWorkloadStore.open(directory());
  }

  private Path directory() {
    return parent.resolve("workloads");
  }

  private Path fileOf(String name) throws IOException {
    ConfigKey key = entry(name).key();
    try (Stream<Path> files = Files.list(directory())) {
      return files
          .filter(file -> file.getFileName().toString().equals(EntryFiles.fileName(key)))
          .findFirst()
          .orElseThrow();
    }
  }

  private static WorkloadEntry entry(String name) {
    return WorkloadEntry.builder()
        .metadata(Metadata.of("demo", name))
        .spec(WorkloadEntrySpec.builder().address("10.0.0.1").build())
        .build();
  }
}
