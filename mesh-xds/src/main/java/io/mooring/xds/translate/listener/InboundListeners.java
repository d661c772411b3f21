package io.mooring.xds.translate.listener;

import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.model.Protocol;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.translate.secret.SdsContexts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Translates what a workload serves to the listeners that its clients reach. Pure.
 *
 * <p>With capture: {@code virtualInbound}, with chains for every target port, and passthrough
 * chains for ports that no service names. Without capture, and so without a port that receives
 * everything: a listener on the workload's own address for each target port; Istio makes none there
 * unless a Sidecar resource asks for it.
 */
public final class InboundListeners {

  /**
   * How long a silent client may keep a connection that must be looked at. Then it counts as plain
   * text: a protocol in which the server speaks first comes through late instead of never.
   */
  private static final Duration INSPECTION_TIMEOUT = Duration.newBuilder().setSeconds(5).build();

  private final InboundListenerInput input;
  private final ListenerAddressing proxy;
  private final Collection<InboundPort> ports;
  private final TransportSocket mutualTls;
  private final List<ListenerConflict> conflicts = new ArrayList<>();

  private InboundListeners(InboundListenerInput input) {
    this.input = input;
    this.proxy = input.addressing();
    this.ports = InboundPort.of(input);
    this.mutualTls = SdsContexts.socket(SdsContexts.downstream(input.trustDomain()));
  }

  /** Returns the inbound listeners. */
  public static ListenerTranslation translate(InboundListenerInput input) {
    return new InboundListeners(input).translate();
  }

  private ListenerTranslation translate() {
    List<Listener> listeners = proxy.isCaptured() ? List.of(captured()) : bound();
    reportDisagreements();
    return new ListenerTranslation(listeners, new TreeSet<>(), conflicts);
  }

  private Listener captured() {
    Listener.Builder listener = CaptureListeners.inbound(proxy);
    SortedSet<Integer> served = new TreeSet<>();
    SortedSet<Integer> undeclared = new TreeSet<>();
    for (InboundPort port : ports) {
      served.add(port.targetPort());
      if (InboundChains.looksForHttp(port.protocol(), mode(port))) {
        undeclared.add(port.targetPort());
      }
    }
    addPassthrough(listener, served);
    for (InboundPort port : ports) {
      String name = "0.0.0.0_" + port.targetPort();
      listener.addAllFilterChains(chains(name, port, OptionalInt.of(port.targetPort())));
    }
    addTlsInspector(listener, served);
    if (!undeclared.isEmpty()) {
      listener.addListenerFilters(Inspectors.onlyOn(undeclared, Inspectors.HTTP));
    }
    return timed(listener);
  }

  private void addPassthrough(Listener.Builder listener, SortedSet<Integer> served) {
    listener.addAllFilterChains(passthrough(OptionalInt.empty(), input.mutualTls().workload()));
    input
        .mutualTls()
        .byPort()
        .forEach(
            (port, mode) -> {
              if (!served.contains(port) && port != CaptureListeners.INBOUND_PORT) {
                listener.addAllFilterChains(passthrough(OptionalInt.of(port), mode));
              }
            });
  }

  private List<FilterChain> passthrough(OptionalInt port, Mode mode) {
    return new InboundChains(
            "virtualInbound",
            port,
            mutualTls,
            TcpProxies.to(InboundClusters.PASSTHROUGH),
            TcpProxies.to(InboundClusters.PASSTHROUGH))
        .of(Protocol.TCP, mode);
  }

  private void addTlsInspector(Listener.Builder listener, SortedSet<Integer> served) {
    boolean usual = InboundChains.looksForTls(input.mutualTls().workload());
    SortedSet<Integer> exceptions = new TreeSet<>(served);
    exceptions.addAll(input.mutualTls().byPort().keySet());
    exceptions.removeIf(port -> InboundChains.looksForTls(input.mutualTls().mode(port)) == usual);
    if (usual) {
      listener.addListenerFilters(Inspectors.exceptOn(exceptions, Inspectors.TLS));
    } else if (!exceptions.isEmpty()) {
      listener.addListenerFilters(Inspectors.onlyOn(exceptions, Inspectors.TLS));
    }
  }

  private List<Listener> bound() {
    List<String> addresses =
        input.addresses().stream()
            .filter(address -> !address.equals(InboundClusters.APPLICATION_ADDRESS))
            .toList();
    List<Listener> listeners = new ArrayList<>();
    for (InboundPort port : ports) {
      if (!addresses.isEmpty()) {
        listeners.add(bound(addresses, port));
      }
    }
    if (addresses.isEmpty()) {
      for (ServiceTarget target : input.targets()) {
        conflicts.add(
            new ListenerConflict(
                Sockets.name(InboundClusters.APPLICATION_ADDRESS, target.targetPort()),
                target.service().key(),
                "the application itself listens there; the workload needs another address"));
      }
    }
    listeners.sort(Comparator.comparing(Listener::getName));
    return listeners;
  }

  private Listener bound(List<String> addresses, InboundPort port) {
    String name = Sockets.name(addresses.get(0), port.targetPort());
    Listener.Builder listener =
        Listener.newBuilder().setName(name).setTrafficDirection(TrafficDirection.INBOUND);
    Sockets.bind(listener, addresses, port.targetPort());
    if (InboundChains.looksForTls(mode(port))) {
      listener.addListenerFilters(Inspectors.TLS);
    }
    if (InboundChains.looksForHttp(port.protocol(), mode(port))) {
      listener.addListenerFilters(Inspectors.HTTP);
    }
    return timed(listener.addAllFilterChains(chains(name, port, OptionalInt.empty())));
  }

  private List<FilterChain> chains(String name, InboundPort port, OptionalInt match) {
    String cluster = InboundClusters.name(port.targetPort());
    return new InboundChains(
            name,
            match,
            mutualTls,
            HttpManagers.inbound("inbound_" + name, cluster, port.servicePort(), port.protocol()),
            TcpProxies.to(cluster))
        .of(port.protocol(), mode(port));
  }

  private Mode mode(InboundPort port) {
    return input.mutualTls().mode(port.targetPort());
  }

  private static Listener timed(Listener.Builder listener) {
    return listener
        .setListenerFiltersTimeout(INSPECTION_TIMEOUT)
        .setContinueOnListenerFiltersTimeout(true)
        .build();
  }

  /** Two services may share a target port, but the proxy can speak one protocol on it. */
  private void reportDisagreements() {
    Map<Integer, Protocol> protocolByPort = new HashMap<>();
    ports.forEach(port -> protocolByPort.put(port.targetPort(), port.protocol()));
    for (ServiceTarget target : input.targets()) {
      Protocol chosen = protocolByPort.getOrDefault(target.targetPort(), target.port().protocol());
      if (chosen != target.port().protocol()) {
        conflicts.add(
            new ListenerConflict(
                "0.0.0.0_" + target.targetPort(),
                target.service().key(),
                "target port %d speaks %s as an older service declares (expected: %s)"
                    .formatted(target.targetPort(), chosen, target.port().protocol())));
      }
    }
  }
}
