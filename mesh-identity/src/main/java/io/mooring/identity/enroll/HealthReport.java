package io.mooring.identity.enroll;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;

/**
 * What a VM's probe found. Immutable.
 *
 * @param number grows with every report of the VM, over all its streams and runs; empty from agents
 *     that do not number (Istio's): then the order of arrival counts
 * @param healthy whether the workload may get traffic
 * @param message why not, for people; cut to 256 printable characters
 */
public record HealthReport(OptionalLong number, boolean healthy, String message) {

  private static final int MAX_MESSAGE = 256;

  public HealthReport {
    requireNonNull(number, "number");
    String line = requireNonNull(message, "message").replaceAll("[^\\x20-\\x7e]", "?");
    message = line.substring(0, Math.min(line.length(), MAX_MESSAGE));
  }
}
