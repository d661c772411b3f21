package io.mooring.xds.mesh;

import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.listener.InboundListenerInput;
import io.mooring.xds.translate.listener.ListenerAddressing;
import io.mooring.xds.translate.listener.OutboundListenerInput;
import io.mooring.xds.translate.listener.OutboundListenerInput.Layer4;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gathers what the listeners of one proxy are made of. */
record ListenerInputs(OutboundListenerInput outbound, InboundListenerInput inbound) {

  static ListenerInputs of(ScopedProxy proxy) {
    return new ListenerInputs(outbound(proxy), inbound(proxy));
  }

  /** Returns the inbound half; costs nothing that grows with the mesh. */
  static InboundListenerInput inbound(ScopedProxy proxy) {
    return new InboundListenerInput(
        ListenerAddressing.of(proxy.node()),
        proxy.node().addresses(),
        proxy.targets(),
        proxy.peerAuthentications().effective(proxy.node().namespace(), proxy.labels()),
        proxy.scope().settings().trustDomain());
  }

  private static OutboundListenerInput outbound(ScopedProxy proxy) {
    SortedMap<ServiceKey, List<String>> headless = new TreeMap<>();
    for (MeshService service : proxy.scope().services()) {
      if (OutboundListenerInput.isHeadless(service)) {
        headless.put(service.key(), addresses(proxy.scope(), proxy.node(), service));
      }
    }
    return new OutboundListenerInput(
        ListenerAddressing.of(proxy.node()),
        takenPorts(proxy.node(), proxy.targets()),
        proxy.services().stream().map(service -> seen(proxy.scope(), service)).toList(),
        headless,
        Layer4.of(
            proxy.scope().virtualServices(),
            proxy.node().namespace(),
            proxy.scope().hasRulesByLabel() ? proxy.labels() : Collections.emptySortedMap(),
            proxy.scope().settings().clusterDomain()),
        TcpPolicies.of(proxy));
  }

  /** Returns a service with those of its other names by which the proxy may call it. */
  private static MeshService seen(ProxyScope scope, MeshService service) {
    if (service.aliases().isEmpty()) {
      return service;
    }
    List<String> seen = scope.aliases(service);
    return MeshService.builder()
        .from(service)
        .aliases(service.aliases().stream().filter(it -> seen.contains(it.host())).toList())
        .build();
  }

  private static List<String> addresses(ProxyScope scope, ProxyNode node, MeshService service) {
    return scope.endpoints(service).stream()
        .map(MeshEndpoint::address)
        .filter(address -> !address.isEmpty())
        .filter(address -> !node.addresses().contains(address))
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * Returns the ports of the bind address that the proxy's inbound listeners, or the application
   * behind them, need.
   */
  private static SortedSet<Integer> takenPorts(ProxyNode node, List<ServiceTarget> targets) {
    SortedSet<Integer> ports = new TreeSet<>();
    boolean shared =
        node.bindAddress().equals("127.0.0.1") || node.addresses().contains(node.bindAddress());
    if (node.capture() == ProxyNode.Capture.NONE && shared) {
      targets.forEach(target -> ports.add(target.targetPort()));
    }
    return ports;
  }
}
