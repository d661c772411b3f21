package io.mooring.identity.agent.envoy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How a child is made to end when this process dies, even by {@code kill -9}: otherwise an Envoy
 * that nobody keeps in order would hold the VM's ports.
 */
enum ParentDeath {
  /** The kernel tells the child when the thread that started it ends. Needs util-linux. */
  SIGNAL(List.of("setpriv", "--pdeathsig", "SIGTERM", "--")),

  /**
   * A shell waits for the end of a pipe from us. Closing the pipe, which {@link Process#destroy}
   * does, is then how the child is ended, too; the shell itself is deaf to SIGTERM.
   */
  PIPE(
      List.of(
          "/bin/sh",
          "-c",
          "exec 3<&0; trap : TERM; \"$@\" </dev/null 3<&- & child=$!;"
              + " { cat <&3 >/dev/null; kill -TERM $child; } 2>/dev/null & watcher=$!;"
              + " exec 3<&-; wait $child; code=$?;"
              + " while kill -0 $child 2>/dev/null; do wait $child; code=$?; done;"
              + " kill $watcher 2>/dev/null; exit $code",
          "mooring-envoy"));

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> prefix;

  ParentDeath(List<String> prefix) {
    this.prefix = prefix;
  }

  /** Returns the best one that works here; starts a process to find out. */
  static ParentDeath detect() {
    try {
      Process probe =
          new ProcessBuilder(SIGNAL.wrap(List.of("true")))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (probe.waitFor(5, TimeUnit.SECONDS) && probe.exitValue() == 0) {
        return SIGNAL;
      }
      probe.destroyForcibly();
      return PIPE;
    } catch (IOException e) {
      return PIPE; // no setpriv on this machine
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return PIPE;
    }
  }

  List<String> wrap(List<String> command) {
    List<String> wrapped = new ArrayList<>(prefix);
    wrapped.addAll(command);
    return wrapped;
  }
}
