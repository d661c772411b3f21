package io.mooring.identity.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateDirectoryTest {

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-xr-x", "rwx--x---", "rwx------", "rwx----w-"})
  void directoryOthersMayReachIsRefused(String mode) throws IOException {
    Path path = Files.createDirectory(temporary.resolve("d"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    if (mode.equals("rwx------")) {
      assertThat(PrivateDirectory.open(path).path()).isEqualTo(path);
    } else {
      assertThatThrownBy(() -> PrivateDirectory.open(path))
          .isInstanceOf(InsecurePermissionsException.class)
          .hasMessageContaining(mode)
          .hasMessageContaining("chmod go-rwx");
    }
  }

  @Test
  void fileOthersMayReadIsRefused() throws IOException {
    PrivateDirectory directory = PrivateDirectory.open(temporary.resolve("d"));
    directory.write("f", new byte[] {1});
    Files.setPosixFilePermissions(
        directory.path().resolve("f"), PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> directory.read("f")).isInstanceOf(InsecurePermissionsException.class);
  }

  @Test
  void fileInPlaceOfADirectoryIsRefused() throws IOException {
    Path file = Files.createFile(temporary.resolve("f"));
    assertThatThrownBy(() -> PrivateDirectory.open(file)).isInstanceOf(NotDirectoryException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", ".hidden", "/etc/passwd"})
  void namesThatLeaveTheDirectoryAreRefused(String name) throws IOException {
    PrivateDirectory directory = PrivateDirectory.open(temporary.resolve("d"));
    assertThatThrownBy(() -> directory.write(name, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> directory.read(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> directory.delete(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void directoryIs0700AndFilesAre0600WhateverTheUmask() throws IOException {
    PrivateDirectory directory = PrivateDirectory.open(temporary.resolve("a/b/c"));
    directory.write("f", "one".getBytes(UTF_8));
    directory.write("f", "two".getBytes(UTF_8));
    assertThat(mode(directory.path())).isEqualTo("rwx------");
    assertThat(mode(directory.path().resolve("f"))).isEqualTo("rw-------");
    assertThat(directory.read("f").orElseThrow()).asString().isEqualTo("two");
    assertThat(directory.names()).containsExactly("f");
  }

  @Test
  void failedWriteLeavesTheOldContentAndNothingElse() throws IOException {
    PrivateDirectory directory = PrivateDirectory.open(temporary.resolve("d"));
    Files.createDirectories(directory.path().resolve("f/not-empty"));
    assertThatThrownBy(() -> directory.write("f", new byte[] {1})).isInstanceOf(IOException.class);
    try (var files = Files.list(directory.path())) {
      assertThat(files).containsExactly(directory.path().resolve("f"));
    }
  }

  @Test
  void writeThatACrashCutShortIsSweptAwayAndNeverRead() throws IOException {
    Path path = PrivateDirectory.open(temporary.resolve("d")).path();
    Path leftover = Files.writeString(path.resolve(".new-123"), "half");
    PrivateDirectory reopened = PrivateDirectory.open(path);
    assertThat(reopened.names()).isEmpty();
    assertThat(leftover).doesNotExist();
  }

  @Test
  void deleteTellsWhetherThereWasAFile() throws IOException {
    PrivateDirectory directory = PrivateDirectory.open(temporary.resolve("d"));
    directory.write("f", new byte[] {1});
    assertThat(directory.delete("f")).isTrue();
    assertThat(directory.delete("f")).isFalse();
    assertThat(directory.read("f")).isEmpty();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
