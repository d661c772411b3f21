package io.mooring.identity.agent.envoy;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How Envoy is started. Immutable.
 *
 * @param binary the executable
 * @param config the configuration file
 * @param directory where {@code envoy.log} and {@code envoy-admin} go
 * @param drainTime how long Envoy serves on after it was told to stop; whole seconds reach Envoy,
 *     rounded up
 * @param arguments further arguments, after ours; may set the log level, else it is {@code warning}
 */
public record EnvoyLaunch(
    Path binary, Path config, Path directory, Duration drainTime, List<String> arguments) {

  private static final Set<String> LOG_LEVEL = Set.of("-l", "--log-level");

  /**
   * Copies the arguments.
   *
   * @throws IllegalArgumentException if {@code drainTime} is negative
   */
  public EnvoyLaunch {
    requireNonNull(binary, "binary");
    requireNonNull(config, "config");
    requireNonNull(directory, "directory");
    arguments = List.copyOf(arguments);
    if (drainTime.isNegative()) {
      throw new IllegalArgumentException("drain time " + drainTime + " (expected: 0 or more)");
    }
  }

  Path logFile() {
    return directory.resolve("envoy.log");
  }

  Path adminFile() {
    return directory.resolve("envoy-admin");
  }

  List<String> command() {
    List<String> command =
        new ArrayList<>(
            List.of(
                binary.toString(),
                "--config-path",
                config.toString(),
                "--admin-address-path",
                adminFile().toString(),
                "--disable-hot-restart", // its shared memory allows one Envoy a machine
                "--drain-time-s",
                Long.toString(Math.max(1, drainTime.plusMillis(999).toSeconds()))));
    if (arguments.stream().noneMatch(LOG_LEVEL::contains)) { // Envoy refuses an option given twice
      command.addAll(List.of("--log-level", "warning"));
    }
    command.addAll(arguments);
    return command;
  }
}
