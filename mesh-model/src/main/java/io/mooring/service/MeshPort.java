package io.mooring.service;

import io.mooring.model.Protocol;
import java.util.OptionalInt;

/**
 * One port of a {@link MeshService}. Immutable.
 *
 * @param number the port that clients use, 1..65535
 * @param name the name by which workloads map it to a port of theirs; several ports of a service
 *     that was merged from several objects may share one, so that only the number identifies a port
 * @param protocol what is spoken
 * @param targetPort the port on the workload where the service itself says so
 */
public record MeshPort(int number, String name, Protocol protocol, OptionalInt targetPort) {

  private static final int MAX = 65535;

  static boolean isValid(int number) {
    return number >= 1 && number <= MAX;
  }
}
