package io.mooring.identity.agent.health;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Succeeds when a command ends with exit code 0. Immutable.
 *
 * @param command the program and its arguments; no shell
 */
record ExecProbe(List<String> command) implements Probe {

  ExecProbe {
    command = List.copyOf(command);
  }

  @Override
  public void check(Duration timeout) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(
            "command '" + command.get(0) + "' did not end within " + timeout.toMillis() + " ms");
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            "command '"
                + command.get(0)
                + "' ended with exit code "
                + process.exitValue()
                + " (expected: 0)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("command '" + command.get(0) + "' was not waited for", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
