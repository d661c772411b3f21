package io.mooring.service;

import io.mooring.model.ConfigObject;
import io.mooring.model.kubernetes.Namespace;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.kubernetes.ServiceStatus;
import io.mooring.model.mesh.MeshNetworksSpec;
import io.mooring.model.mesh.Network;
import io.mooring.model.mesh.Network.NetworkEndpoints;
import io.mooring.model.mesh.Network.NetworkGateway;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which networks the mesh has: who is in them, and where others enter. Immutable.
 *
 * <p>A workload that names no network is, where MeshNetworks say anything, in that of its label
 * {@code topology.istio.io/network}, else of its cluster, else of the longest CIDR block around its
 * address. Istio does so for pods alone; a WorkloadEntry that leaves its network out gets no
 * traffic through gateways there. A pod is, before all but its own label, in the network that the
 * label of the root namespace in its cluster says, as Istio's guide to VMs on other networks has
 * it.
 *
 * <p>Gateways are those with an IP: the addresses that MeshNetworks list, and the external ones of
 * Kubernetes Services that MeshNetworks name or that carry the label {@code
 * topology.istio.io/network}. Names are not resolved.
 *
 * @param podNetworksByCluster cluster to the network of its pods
 * @param networksByCluster cluster to the network of its workloads
 * @param networksByBlock CIDR block or IP to the network of the addresses in it
 * @param gatewaysByNetwork where others enter a network; only networks with an entrance
 */
public record Networks(
    Map<String, String> podNetworksByCluster,
    Map<String, String> networksByCluster,
    Map<String, String> networksByBlock,
    Map<String, List<Gateway>> gatewaysByNetwork) {

  /** No network has a name. */
  public static final Networks NONE = new Networks(Map.of(), Map.of(), Map.of(), Map.of());

  private static final String PORT_LABEL = "networking.istio.io/gatewayPort";
  private static final int DEFAULT_PORT = 15_443; // Istio's, for AUTO_PASSTHROUGH

  /**
   * Where others enter a network. Immutable; ordered.
   *
   * @param address an IP
   * @param port 1..65535
   */
  public record Gateway(String address, int port) implements Comparable<Gateway> {
    @Override
    public int compareTo(Gateway other) {
      int byAddress = address.compareTo(other.address);
      return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }
  }

  public Networks {
    podNetworksByCluster = Map.copyOf(podNetworksByCluster);
    networksByCluster = Map.copyOf(networksByCluster);
    networksByBlock = Map.copyOf(networksByBlock);
    gatewaysByNetwork = Map.copyOf(gatewaysByNetwork);
  }

  /**
   * Returns the networks that these objects describe.
   *
   * @param rootNamespaces cluster to the root namespace in it
   * @param services those that may be gateways; others are passed over
   */
  public static Networks of(
      MeshNetworksSpec spec,
      Map<String, Namespace> rootNamespaces,
      Collection<Service> services,
      String clusterDomain) {
    Map<String, String> podNetworksByCluster = new TreeMap<>();
    rootNamespaces.forEach(
        (cluster, root) -> {
          if (!label(root).isEmpty()) {
            podNetworksByCluster.put(cluster, label(root));
          }
        });
    Map<String, String> networksByCluster = new TreeMap<>();
    Map<String, String> networksByBlock = new TreeMap<>();
    SortedMap<String, Set<Gateway>> gateways = new TreeMap<>();
    new TreeMap<>(spec.networks())
        .forEach(
            (name, network) -> {
              for (NetworkEndpoints endpoints : network.endpoints()) {
                endpoints.fromRegistry().ifPresent(it -> networksByCluster.putIfAbsent(it, name));
                endpoints.fromCidr().ifPresent(it -> networksByBlock.putIfAbsent(it, name));
              }
              listed(network, services, clusterDomain)
                  .forEach(it -> gateways.computeIfAbsent(name, n -> new TreeSet<>()).add(it));
            });
    for (Service service : services) {
      String name = label(service);
      if (!name.isEmpty()) {
        external(service, labelledPort(service))
            .forEach(it -> gateways.computeIfAbsent(name, n -> new TreeSet<>()).add(it));
      }
    }
    Map<String, List<Gateway>> gatewaysByNetwork = new TreeMap<>();
    gateways.forEach((name, found) -> gatewaysByNetwork.put(name, List.copyOf(found)));
    return new Networks(
        podNetworksByCluster, networksByCluster, networksByBlock, gatewaysByNetwork);
  }

  /** Returns whether a change of this Service can change {@link #of}. */
  public static boolean mayBeGateway(Service service, MeshNetworksSpec spec, String clusterDomain) {
    String host = host(service, clusterDomain);
    return !label(service).isEmpty()
        || spec.networks().values().stream()
            .flatMap(network -> network.gateways().stream())
            .anyMatch(it -> it.registryServiceName().filter(host::equals).isPresent());
  }

  private static Stream<Gateway> listed(
      Network network, Collection<Service> services, String clusterDomain) {
    return network.gateways().stream()
        .filter(gateway -> gateway.port() >= 1 && gateway.port() <= 65_535)
        .flatMap(
            gateway ->
                Stream.concat(
                    gateway.address().stream()
                        .filter(IpAddress::isIp)
                        .map(address -> new Gateway(address, (int) gateway.port())),
                    named(gateway, services, clusterDomain)));
  }

  private static Stream<Gateway> named(
      NetworkGateway gateway, Collection<Service> services, String clusterDomain) {
    return services.stream()
        .filter(
            service ->
                gateway
                    .registryServiceName()
                    .filter(host(service, clusterDomain)::equals)
                    .isPresent())
        .flatMap(service -> external(service, (int) gateway.port()));
  }

  private static Stream<Gateway> external(Service service, int port) {
    Set<String> addresses = new LinkedHashSet<>();
    service
        .status()
        .flatMap(ServiceStatus::loadBalancer)
        .ifPresent(it -> it.ingress().forEach(ingress -> addresses.add(ingress.ip())));
    addresses.addAll(service.spec().externalIPs());
    return addresses.stream().filter(IpAddress::isIp).map(address -> new Gateway(address, port));
  }

  private static String host(Service service, String clusterDomain) {
    return ServiceKey.ofKubernetes(
            service.metadata().namespace(), service.metadata().name(), clusterDomain)
        .host();
  }

  private static String label(ConfigObject object) {
    return object.metadata().labels().getOrDefault(WorkloadRules.NETWORK_LABEL, "");
  }

  private static int labelledPort(Service service) {
    String port = service.metadata().labels().getOrDefault(PORT_LABEL, "");
    boolean valid = port.matches("[0-9]{1,5}") && MeshPort.isValid(Integer.parseInt(port));
    return valid ? Integer.parseInt(port) : DEFAULT_PORT;
  }

  /**
   * Returns the network of what is at {@code address} and says none.
   *
   * @param cluster empty where it is of none
   * @return empty for the default network
   */
  public String network(String cluster, String address) {
    String ofCluster = networksByCluster.getOrDefault(cluster, "");
    if (!ofCluster.isEmpty()) {
      return ofCluster;
    }
    String narrowest = "";
    int longest = -1;
    for (Map.Entry<String, String> block : networksByBlock.entrySet()) {
      int prefix = prefix(block.getKey());
      boolean goesFirst =
          prefix > longest || (prefix == longest && block.getValue().compareTo(narrowest) < 0);
      if (goesFirst && IpAddress.isWithin(address, block.getKey())) {
        narrowest = block.getValue();
        longest = prefix;
      }
    }
    return narrowest;
  }

  private static int prefix(String block) {
    int slash = block.indexOf('/');
    String bits = slash < 0 ? "128" : block.substring(slash + 1);
    return bits.matches("[0-9]{1,3}") ? Integer.parseInt(bits) : 0;
  }

  private String network(
      Map<String, String> labels, boolean isPod, String cluster, String address) {
    String said = labels.getOrDefault(WorkloadRules.NETWORK_LABEL, "");
    if (said.isEmpty() && isPod) {
      said = podNetworksByCluster.getOrDefault(cluster, "");
    }
    return said.isEmpty() ? network(cluster, address) : said;
  }

  private boolean saysNothing() {
    return podNetworksByCluster.isEmpty()
        && networksByCluster.isEmpty()
        && networksByBlock.isEmpty();
  }

  /** Returns the workload in its network, with Istio's label of it; the same one if it says one. */
  public MeshWorkload place(MeshWorkload workload) {
    if (!workload.network().isEmpty() || saysNothing()) {
      return workload;
    }
    boolean isPod = workload.origin() == MeshWorkload.Origin.POD;
    String network = network(workload.labels(), isPod, workload.cluster(), workload.address());
    if (network.isEmpty()) {
      return workload;
    }
    return MeshWorkload.builder()
        .from(workload)
        .network(network)
        .labels(WorkloadRules.withNetwork(workload.labels(), network))
        .build();
  }

  /** Returns the endpoint of an EndpointSlice in its network; the same one if it says one. */
  public MeshEndpoint place(MeshEndpoint endpoint) {
    if (!endpoint.network().isEmpty() || saysNothing()) {
      return endpoint;
    }
    String network = network(endpoint.labels(), true, endpoint.cluster(), endpoint.address());
    return network.isEmpty()
        ? endpoint
        : MeshEndpoint.builder()
            .from(endpoint)
            .network(network)
            .labels(WorkloadRules.withNetwork(endpoint.labels(), network))
            .build();
  }

  /** Returns where others enter a network, in order; empty where it has no entrance. */
  public List<Gateway> gateways(String network) {
    return gatewaysByNetwork.getOrDefault(network, List.of());
  }
}
