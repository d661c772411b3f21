package io.mooring.service;

import io.mooring.model.Locality;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.kubernetes.PodSpec;
import io.mooring.model.kubernetes.PodStatus;
import io.mooring.model.spiffe.TrustDomain;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** How a Pod becomes a {@link MeshWorkload}. Pure. */
final class PodRules {

  private static final String DEFAULT_SERVICE_ACCOUNT = "default";
  private static final Set<String> FINISHED = Set.of("Succeeded", "Failed");

  private PodRules() {}

  private static boolean isReady(PodStatus status) {
    return status.conditions().stream()
        .anyMatch(
            condition -> condition.type().equals("Ready") && condition.status().equals("True"));
  }

  /** Returns the workload; a finished pod is none, though it may still call itself ready. */
  static Optional<MeshWorkload> workload(Pod pod, TrustDomain trustDomain) {
    return pod.status()
        .filter(status -> !FINISHED.contains(status.phase()))
        .filter(status -> IpAddress.isIp(status.podIP()))
        .map(status -> workload(pod, status.podIP(), isReady(status), trustDomain));
  }

  /** Returns the workload at {@code address}, whatever the pod itself says of that. */
  static MeshWorkload workload(Pod pod, String address, boolean serving, TrustDomain trustDomain) {
    Map<String, String> labels = pod.metadata().labels();
    String network = labels.getOrDefault(WorkloadRules.NETWORK_LABEL, "");
    Locality locality = locality(labels);
    String account = pod.spec().serviceAccountName();
    return MeshWorkload.builder()
        .origin(MeshWorkload.Origin.POD)
        .namespace(pod.metadata().namespace())
        .name(pod.metadata().name())
        .workloadName(WorkloadRules.workloadName(pod.metadata(), labels))
        .address(address)
        .serving(serving)
        .ports(namedPorts(pod.spec()))
        .labels(WorkloadRules.withTopology(labels, locality, network))
        .network(network)
        .locality(locality)
        .tlsMode(WorkloadRules.tlsMode(labels, "disabled"))
        .identity(
            trustDomain.workload(
                pod.metadata().namespace(), account.isEmpty() ? DEFAULT_SERVICE_ACCOUNT : account))
        .build();
  }

  /** Kubernetes copies the topology of the node to labels of the pod; Istio's label wins. */
  private static Locality locality(Map<String, String> labels) {
    Locality declared = WorkloadRules.locality(labels);
    return declared.equals(Locality.UNKNOWN)
        ? new Locality(
            labels.getOrDefault(WorkloadRules.REGION_LABEL, ""),
            labels.getOrDefault(WorkloadRules.ZONE_LABEL, ""),
            labels.getOrDefault(WorkloadRules.SUBZONE_LABEL, ""))
        : declared;
  }

  /** Of two ports of a name the first wins, as in Kubernetes (kubernetes/kubernetes#54213). */
  private static Map<String, Integer> namedPorts(PodSpec spec) {
    Map<String, Integer> ports = new TreeMap<>();
    for (PodSpec.Container container : spec.containers()) {
      for (PodSpec.ContainerPort port : container.ports()) {
        boolean tcp = port.protocol().isEmpty() || port.protocol().equals("TCP");
        if (tcp && !port.name().isEmpty()) {
          ports.putIfAbsent(port.name(), port.containerPort());
        }
      }
    }
    return ports;
  }
}
