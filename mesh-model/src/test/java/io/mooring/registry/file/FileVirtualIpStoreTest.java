package io.mooring.registry.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.registry.Versioned;
import io.mooring.registry.VirtualIpTable;
import io.mooring.registry.VirtualIpTable.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileVirtualIpStoreTest {

  private static final VirtualIpTable TABLE =
      VirtualIpTable.of(
          Map.of(
              "a.test", new Lease(List.of("240.240.0.1", "2001:2::1"), Optional.empty()),
              "b.test", new Lease(List.of("240.240.0.2"), Optional.of(Instant.EPOCH))));

  @TempDir Path directory;

  @Test
  void aNewProcessFindsWhatWasSaved() {
    FileVirtualIpStore store = store();
    assertThat(store.load().value()).isEqualTo(VirtualIpTable.EMPTY);
    assertThat(store.save(TABLE, store.load().version())).map(Versioned::value).contains(TABLE);
    assertThat(store.load().value()).isEqualTo(TABLE);
    assertThat(store().load().value()).isEqualTo(TABLE);
  }

  @Test
  void aStaleVersionWritesNothing() {
    FileVirtualIpStore store = store();
    String first = store.load().version();
    store.save(TABLE, first);
    assertThat(store.save(VirtualIpTable.EMPTY, first)).isEmpty();
    assertThat(store().load().value()).isEqualTo(TABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"a.test\": {\"addre",
        "[]",
        "{\"a.test\": {\"addresses\": [\"no ip\"]}}",
        "{\"a.test\": {\"addresses\": [], \"released\": \"yesterday\"}}"
      })
  void aTornFileIsSetAsideAndWhatFollowsIsSaved(String text) throws IOException {
    Files.writeString(file(), text);
    FileVirtualIpStore store = store();
    assertThat(store.load().value()).isEqualTo(VirtualIpTable.EMPTY);
    assertThat(directory.resolve("virtual-ips.json.corrupt")).hasContent(text);
    assertThat(store.save(TABLE, store.load().version())).isPresent();
    assertThat(store().load().value()).isEqualTo(TABLE);
  }

  @Test
  void whatACrashLeftBehindDoesNoHarm() throws IOException {
    store().save(TABLE, "0");
    Files.writeString(directory.resolve("virtual-ips.json.tmp"), "{\"torn");
    assertThat(store().load().value()).isEqualTo(TABLE);
  }

  @Test
  void theFileIsForItsOwnerAlone() throws IOException {
    Files.writeString(directory.resolve("virtual-ips.json.tmp"), "");
    store().save(TABLE, "0");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void aDirectoryThatIsAwayIsAnError() {
    FileVirtualIpStore store = new FileVirtualIpStore(directory.resolve("away/virtual-ips.json"));
    assertThatThrownBy(() -> store.save(TABLE, "0")).isInstanceOf(UncheckedIOException.class);
    assertThat(store.load().value()).isEqualTo(VirtualIpTable.EMPTY);
  }

  private FileVirtualIpStore store() {
    return new FileVirtualIpStore(file());
  }

  private Path file() {
    return directory.resolve("virtual-ips.json");
  }
}
