package io.mooring.xds.mesh;

import io.mooring.model.security.PeerAuthentication;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.authn.EffectiveMutualTls;
import io.mooring.xds.translate.listener.InboundListenerInput;
import io.mooring.xds.translate.listener.ListenerAddressing;
import io.mooring.xds.translate.listener.OutboundListenerInput;
import io.mooring.xds.translate.listener.OutboundListenerInput.Layer4;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gathers what the listeners of one proxy are made of. */
record ListenerInputs(OutboundListenerInput outbound, InboundListenerInput inbound) {

  static ListenerInputs of(ProxyScope scope, ProxyNode node) {
    List<ServiceTarget> targets = scope.snapshot().targets(node.namespace(), node.addresses());
    return new ListenerInputs(outbound(scope, node, targets), inbound(scope, node, targets));
  }

  private static InboundListenerInput inbound(
      ProxyScope scope, ProxyNode node, List<ServiceTarget> targets) {
    EffectiveMutualTls mutualTls =
        EffectiveMutualTls.of(
            scope.snapshot().objects(PeerAuthentication.class),
            scope.settings().rootNamespace(),
            node.namespace(),
            node.labels());
    return new InboundListenerInput(
        ListenerAddressing.of(node),
        node.addresses(),
        targets,
        mutualTls,
        scope.settings().trustDomain());
  }

  private static OutboundListenerInput outbound(
      ProxyScope scope, ProxyNode node, List<ServiceTarget> targets) {
    SortedMap<ServiceKey, List<String>> headless = new TreeMap<>();
    for (MeshService service : scope.services()) {
      if (OutboundListenerInput.isHeadless(service)) {
        headless.put(service.key(), addresses(scope, node, service));
      }
    }
    return new OutboundListenerInput(
        ListenerAddressing.of(node), takenPorts(node, targets), scope.services(), headless, Layer4.NONE);
  }

  private static List<String> addresses(ProxyScope scope, ProxyNode node, MeshService service) {
    return scope.endpoints(service).stream()
        .map(MeshEndpoint::address)
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
