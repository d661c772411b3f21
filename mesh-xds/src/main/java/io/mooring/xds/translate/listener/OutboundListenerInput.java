package io.mooring.xds.translate.listener;

import static java.util.Objects.requireNonNull;

import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.VirtualService;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that outbound listeners are made of; equal inputs give equal listeners. Immutable.
 *
 * @param addressing how the proxy is reached
 * @param takenPorts ports of the bind address that the workload itself listens on; empty with
 *     capture, which binds no port
 * @param services what the proxy sees, one per host, oldest first; of their aliases those alone
 *     that it sees
 * @param headlessAddresses IPs of the endpoints of each {@linkplain #isHeadless headless} service,
 *     without the proxy's own; a service that is absent gets no listener for its TCP ports
 * @param layer4 the VirtualServices that send connections elsewhere and who asks them
 * @param tcpPolicies what DestinationRules say of connections, by cluster; a cluster of which they
 *     say nothing is absent
 */
public record OutboundListenerInput(
    ListenerAddressing addressing,
    SortedSet<Integer> takenPorts,
    List<MeshService> services,
    SortedMap<ServiceKey, List<String>> headlessAddresses,
    Layer4 layer4,
    SortedMap<String, TcpPolicy> tcpPolicies) {

  public OutboundListenerInput {
    requireNonNull(addressing, "addressing");
    takenPorts = Collections.unmodifiableSortedSet(new TreeSet<>(takenPorts));
    services = List.copyOf(services);
    headlessAddresses = Collections.unmodifiableSortedMap(new TreeMap<>(headlessAddresses));
    requireNonNull(layer4, "layer4");
    tcpPolicies = Collections.unmodifiableSortedMap(new TreeMap<>(tcpPolicies));
  }

  /**
   * Returns whether clients of {@code service} connect to its pods by their own IPs, because it has
   * no virtual one.
   */
  public static boolean isHeadless(MeshService service) {
    return service.origin() == MeshService.Origin.KUBERNETES_SERVICE
        && service.resolution() == Resolution.NONE
        && service.addresses().isEmpty();
  }

  /**
   * What {@code tcp} and {@code tls} routes depend on. Immutable.
   *
   * @param virtualServices those that are bound to sidecars and visible, in the order of
   *     precedence; also those without such routes, because one of them may speak for a host
   * @param namespace of the workload
   * @param labels of the workload
   * @param clusterDomain suffix that completes short host names
   */
  public record Layer4(
      List<VirtualService> virtualServices,
      String namespace,
      SortedMap<String, String> labels,
      String clusterDomain) {

    /** No such route. */
    public static final Layer4 NONE = new Layer4(List.of(), "", Collections.emptySortedMap(), "");

    public Layer4 {
      virtualServices = List.copyOf(virtualServices);
      labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /**
     * Returns the value for one proxy; {@link #NONE} where no VirtualService has such routes, so
     * that proxies with different labels share their listeners.
     */
    public static Layer4 of(
        List<VirtualService> virtualServices,
        String namespace,
        SortedMap<String, String> labels,
        String clusterDomain) {
      boolean matter =
          virtualServices.stream()
              .anyMatch(it -> !it.spec().tcp().isEmpty() || !it.spec().tls().isEmpty());
      return matter ? new Layer4(virtualServices, namespace, labels, clusterDomain) : NONE;
    }
  }
}
