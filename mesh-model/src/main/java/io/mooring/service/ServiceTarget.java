package io.mooring.service;

/**
 * That a workload serves a port of a service: what its inbound side needs. Immutable.
 *
 * @param service the service that selected the workload
 * @param port the port of the service
 * @param targetPort the port on the workload, 1..65535
 */
public record ServiceTarget(MeshService service, MeshPort port, int targetPort) {}
