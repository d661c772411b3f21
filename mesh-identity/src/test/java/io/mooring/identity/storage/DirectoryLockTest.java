package io.mooring.identity.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

  @TempDir private Path directory;

  @Test
  void secondOpenerInThisProcessIsRefusedAndTakesNothingAway() throws Exception {
    Path file = directory.resolve("lock");
    DirectoryLock held = DirectoryLock.tryTake(file).orElseThrow();
    assertThat(DirectoryLock.tryTake(file)).isEmpty();
    assertThat(otherProcessGets(file)).isEqualTo("false");
    held.close();
    held.close();
    assertThat(otherProcessGets(file)).isEqualTo("true");
  }

  @Test
  void anotherNameOfTheFileIsTheSameLock() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
    try (DirectoryLock held = DirectoryLock.tryTake(directory.resolve("lock")).orElseThrow()) {
      assertThat(DirectoryLock.tryTake(link.resolve("lock"))).isEmpty();
      assertThat(held).isNotNull();
    }
    DirectoryLock.tryTake(link.resolve("lock")).orElseThrow().close();
  }

  @Test
  void ofManyThreadsOneHasIt() throws Exception {
    Path file = directory.resolve("lock");
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      Callable<Optional<DirectoryLock>> take = () -> DirectoryLock.tryTake(file);
      List<DirectoryLock> holders = new ArrayList<>();
      for (Future<Optional<DirectoryLock>> one : threads.invokeAll(Collections.nCopies(64, take))) {
        one.get().ifPresent(holders::add);
      }
      assertThat(holders).hasSize(1);
      holders.get(0).close();
    } finally {
      threads.shutdownNow();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  private static String otherProcessGets(Path file) throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Opener.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  /** What the other process does. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] file) throws IOException {
      System.out.println(DirectoryLock.tryTake(new File(file[0]).toPath()).isPresent());
    }
  }
}
