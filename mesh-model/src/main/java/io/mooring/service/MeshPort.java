package io.mooring.service;

import io.mooring.model.Protocol;
import java.util.OptionalInt;

/**
 * One port of a {@link MeshService}. Immutable.
 *
 * @param number the port that clients use, 1..65535
 * @param name the name by which endpoints are matched to it
 * @param protocol what is spoken
 * @param targetPort the port on the workload where the service itself says so
 */
public record MeshPort(int number, String name, Protocol protocol, OptionalInt targetPort) {}
