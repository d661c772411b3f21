package io.mooring.service;

/** How a workload becomes an endpoint of one port. Pure. */
final class EndpointRules {

  private EndpointRules() {}

  static MeshEndpoint endpoint(MeshPort port, int target, MeshWorkload workload) {
    return MeshEndpoint.builder()
        .address(workload.address())
        .port(target)
        .servicePortName(port.name())
        .servicePort(port.number())
        .labels(workload.labels())
        .locality(workload.locality())
        .weight(workload.weight())
        .tlsMode(workload.tlsMode())
        .draining(workload.draining())
        .serving(workload.serving())
        .identity(workload.identity())
        .network(workload.network())
        .cluster(workload.cluster())
        .namespace(workload.namespace())
        .workloadName(workload.workloadName())
        .build();
  }
}
