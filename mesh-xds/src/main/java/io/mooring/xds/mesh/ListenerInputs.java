package io.mooring.xds.mesh;

import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.MeshWorkload;
import io.mooring.service.ServiceKey;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.authn.EffectiveMutualTls;
import io.mooring.xds.translate.listener.InboundListenerInput;
import io.mooring.xds.translate.listener.ListenerAddressing;
import io.mooring.xds.translate.listener.OutboundListenerInput;
import io.mooring.xds.translate.listener.OutboundListenerInput.Layer4;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gathers what the listeners of one proxy are made of. */
record ListenerInputs(OutboundListenerInput outbound, InboundListenerInput inbound) {

  static ListenerInputs of(ProxyScope scope, ProxyNode node) {
    List<ServiceTarget> targets = targets(scope, node);
    return new ListenerInputs(outbound(scope, node, targets), inbound(scope, node, targets));
  }

  /** Returns the inbound half; costs nothing that grows with the mesh. */
  static InboundListenerInput inbound(ProxyScope scope, ProxyNode node) {
    return inbound(scope, node, targets(scope, node));
  }

  private static List<ServiceTarget> targets(ProxyScope scope, ProxyNode node) {
    return scope.snapshot().targets(node.namespace(), node.addresses());
  }

  private static InboundListenerInput inbound(
      ProxyScope scope, ProxyNode node, List<ServiceTarget> targets) {
    return new InboundListenerInput(
        ListenerAddressing.of(node),
        node.addresses(),
        targets,
        mutualTls(scope, node, targets),
        scope.settings().trustDomain());
  }

  private static EffectiveMutualTls mutualTls(
      ProxyScope scope, ProxyNode node, List<ServiceTarget> targets) {
    Collection<PeerAuthentication> policies = scope.snapshot().objects(PeerAuthentication.class);
    return policies.isEmpty()
        ? EffectiveMutualTls.DEFAULT
        : EffectiveMutualTls.of(
            policies,
            scope.settings().rootNamespace(),
            node.namespace(),
            labels(scope, node, targets));
  }

  /**
   * Returns the labels of the workload: what the registry knows, by which clients also decide
   * whether to speak mTLS; of an unknown workload what its node says.
   */
  private static Map<String, String> labels(
      ProxyScope scope, ProxyNode node, List<ServiceTarget> targets) {
    return targets.stream()
        .flatMap(target -> scope.endpoints(target.service()).stream())
        .filter(endpoint -> endpoint.namespace().equals(node.namespace()))
        .filter(endpoint -> node.addresses().contains(endpoint.address()))
        .map(MeshEndpoint::labels)
        .findFirst()
        .or(() -> labelsOfEntry(scope, node))
        .orElse(node.labels());
  }

  private static Optional<Map<String, String>> labelsOfEntry(ProxyScope scope, ProxyNode node) {
    return scope.snapshot().objects(WorkloadEntry.class, node.namespace()).stream()
        .filter(entry -> node.addresses().contains(entry.spec().address()))
        .flatMap(entry -> MeshWorkload.of(entry, scope.settings().trustDomain()).stream())
        .map(MeshWorkload::labels)
        .findFirst();
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
        ListenerAddressing.of(node),
        takenPorts(node, targets),
        scope.services(),
        headless,
        Layer4.of(
            scope.virtualServices(),
            node.namespace(),
            new TreeMap<>(node.labels()),
            scope.settings().clusterDomain()));
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
