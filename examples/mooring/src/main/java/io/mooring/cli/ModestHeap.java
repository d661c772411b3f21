package io.mooring.cli;

import io.mooring.cli.Failures.CommandFailedException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands that read configuration in a JVM that gives memory back, where the user has not
 * sized the heap: the jar's manifest cannot, and the JVM's own defaults take a quarter of a large
 * machine before they collect.
 *
 * <p>The child ends with this process, also by {@code kill -9} (Linux parent-death signal). Without
 * {@code setpriv}, or with any heap or collector option on the command line, nothing is done: that
 * JVM serves.
 */
final class ModestHeap {

  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final Set<String> COMMANDS =
      Set.of("serve", "translate", "validate", "analyze", "explain");
  private static final String CHILD = "mooring.child";
  private static final long END_SECONDS = 5;
  private static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms48m",
          "-XX:MinHeapFreeRatio=20",
          "-XX:MaxHeapFreeRatio=40",
          "-D" + CHILD + "=true");

  private ModestHeap() {}

  /** Returns the status of the command if a child ran it; empty if this JVM is to run it. */
  static Optional<Integer> run(String[] arguments, Termination termination) {
    List<String> jvmOptions = ManagementFactory.getRuntimeMXBean().getInputArguments();
    String classPath = System.getProperty("java.class.path", "");
    if (arguments.length == 0
        || !COMMANDS.contains(arguments[0])
        || List.of(arguments).contains("--help")
        || Boolean.getBoolean(CHILD)
        || !classPath.endsWith(".jar")
        || !Files.isExecutable(SETPRIV)
        || jvmOptions.stream().anyMatch(it -> it.startsWith("-Xm") || it.startsWith("-XX:"))) {
      return Optional.empty();
    }
    List<String> command =
        new ArrayList<>(List.of(SETPRIV.toString(), "--pdeathsig", "KILL", "--", java()));
    command.addAll(OPTIONS);
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath, Mooring.class.getName()));
    command.addAll(List.of(arguments));
    return Optional.of(runToEnd(command, termination));
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The parent-death signal follows the thread that starts the child: this one, which waits. */
  private static int runToEnd(List<String> command, Termination termination) {
    Child child;
    try {
      child = termination.closing(() -> new Child(new ProcessBuilder(command).inheritIO().start()));
    } catch (Exception e) {
      throw new CommandFailedException("the command cannot be started: " + Failures.message(e));
    }
    while (true) {
      try {
        return child.process().waitFor();
      } catch (InterruptedException e) {
        // Only the end of the child ends the wait.
      }
    }
  }

  /** The JVM that does the work. Told to end, it has the time that the contract gives. */
  private record Child(Process process) implements AutoCloseable {

    @Override
    public void close() {
      process.destroy();
      try {
        if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // no time left for a gentle end
      }
      process.destroyForcibly();
      throw new CommandFailedException(
          "the command did not end within " + END_SECONDS + " s and was killed");
    }
  }
}
