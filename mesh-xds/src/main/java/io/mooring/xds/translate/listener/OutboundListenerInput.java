package io.mooring.xds.translate.listener;

import static java.util.Objects.requireNonNull;

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
 * @param proxy the proxy that gets them
 * @param ownPorts ports of the workload itself, which no outbound listener may take from it
 * @param services what the proxy sees, one per host, oldest first
 * @param headlessAddresses endpoint IPs of each Kubernetes Service without a virtual IP; one that
 *     is absent gets no listener for its TCP ports
 * @param virtualServices those bound to the mesh that the proxy sees, oldest first; only their
 *     {@code tcp} and {@code tls} routes matter, so that others may be left out
 * @param clusterDomain suffix that completes short host names
 */
public record OutboundListenerInput(
    ListenerProxy proxy,
    SortedSet<Integer> ownPorts,
    List<MeshService> services,
    SortedMap<ServiceKey, List<String>> headlessAddresses,
    List<VirtualService> virtualServices,
    String clusterDomain) {

  public OutboundListenerInput {
    requireNonNull(proxy, "proxy");
    ownPorts = Collections.unmodifiableSortedSet(new TreeSet<>(ownPorts));
    services = List.copyOf(services);
    headlessAddresses = Collections.unmodifiableSortedMap(new TreeMap<>(headlessAddresses));
    virtualServices = List.copyOf(virtualServices);
    requireNonNull(clusterDomain, "clusterDomain");
  }

  /**
   * Returns whether {@code service} has neither a virtual IP nor a proxy-side list of endpoints:
   * clients connect to its pods by their own IPs.
   */
  public static boolean isHeadless(MeshService service) {
    return service.origin() == MeshService.Origin.KUBERNETES_SERVICE
        && service.addresses().isEmpty();
  }
}
