package io.mooring.xds.translate.listener;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Translates what a proxy sees to the listeners that its workload calls. Pure.
 *
 * <p>With capture: {@code virtualOutbound}, and beside it listeners that no socket is bound for:
 * {@code 0.0.0.0_port} for all HTTP services of a port, {@code VIP_port} for any other service with
 * a virtual IP, {@code 0.0.0.0_port} again for one without. Clients that ask the mesh's DNS know a
 * virtual IP of nearly every service, see {@link MeshService#autoAddresses}. Without capture:
 * listeners bound to the node's bind address and the service port, where all HTTP and TLS services
 * of a port live side by side, but of other services only the oldest one.
 */
public final class OutboundListeners {

  private final OutboundListenerInput input;
  private final ListenerAddressing proxy;
  private final Layer4Routes layer4;
  private final Map<String, OutboundListener> listenersByName = new TreeMap<>();
  private final List<ListenerConflict> conflicts = new ArrayList<>();

  private OutboundListeners(OutboundListenerInput input) {
    this.input = input;
    this.proxy = input.addressing();
    this.layer4 = new Layer4Routes(input);
  }

  /** Returns the outbound listeners. */
  public static ListenerTranslation translate(OutboundListenerInput input) {
    return new OutboundListeners(input).translate();
  }

  private ListenerTranslation translate() {
    for (MeshService service : input.services()) {
      for (MeshPort port : service.ports()) {
        if (port.protocol() != Protocol.UDP) {
          add(service, port);
        }
      }
    }
    List<Listener> listeners = new ArrayList<>();
    TreeSet<String> routeNames = new TreeSet<>();
    listenersByName
        .values()
        .forEach(
            listener -> {
              listeners.add(listener.build());
              listener.routeName().ifPresent(routeNames::add);
            });
    if (proxy.isCaptured()) {
      listeners.add(CaptureListeners.outbound(proxy)); // "v" sorts after addresses
    }
    return new ListenerTranslation(listeners, routeNames, conflicts);
  }

  private void add(MeshService service, MeshPort port) {
    if (port.protocol().isHttp()) {
      shared(service, port)
          .ifPresent(listener -> listener.addHttp(Integer.toString(port.number()), true));
    } else if (!proxy.isCaptured()) {
      addWithoutCapture(service, port);
    } else if (OutboundListenerInput.isHeadless(service)) {
      addHeadless(service, port);
    } else {
      addCaptured(service, port);
    }
  }

  private void addWithoutCapture(MeshService service, MeshPort port) {
    if (service.resolution() == Resolution.NONE) {
      conflicts.add(
          new ListenerConflict(
              Sockets.name(proxy.bindAddress(), port.number()),
              service.key(),
              "resolution NONE goes where the client was going, which only capture tells"));
      return;
    }
    shared(service, port).ifPresent(listener -> addOpaque(listener, service, port, List.of()));
  }

  private void addCaptured(MeshService service, MeshPort port) {
    List<String> blocks = new ArrayList<>();
    List<String> addresses = service.addresses(proxy.meshDns());
    for (String address : addresses) {
      if (Sockets.isBlock(address)) {
        blocks.add(address);
      } else if (proxy.speaks(address)) {
        ofAddress(address, service, port)
            .ifPresent(listener -> addOpaque(listener, service, port, List.of()));
      }
    }
    if (!blocks.isEmpty() || addresses.isEmpty()) {
      shared(service, port).ifPresent(listener -> addOpaque(listener, service, port, blocks));
    }
  }

  private void addHeadless(MeshService service, MeshPort port) {
    for (String address : input.headlessAddresses().getOrDefault(service.key(), List.of())) {
      if (proxy.speaks(address)) {
        ofAddress(address, service, port)
            .ifPresent(listener -> addOpaque(listener, service, port, List.of()));
      }
    }
  }

  /** Adds a port of which nothing is known for certain but where its bytes go. */
  private void addOpaque(
      OutboundListener listener, MeshService service, MeshPort port, List<String> blocks) {
    if (port.protocol() == Protocol.AUTO) {
      boolean alone = !listener.isShared() && !service.addresses(proxy.meshDns()).isEmpty();
      listener.addHttp((alone ? service.host() + ":" : "") + port.number(), false);
    }
    for (Layer4Chain chain : layer4.chains(service, port, blocks, listener.isShared())) {
      if (!listener.add(chain)) {
        conflicts.add(
            new ListenerConflict(
                listener.name(),
                service.key(),
                "an older service takes the same connections to port %d (%s); it needs an address or a port of its own"
                    .formatted(port.number(), port.protocol())));
      }
    }
  }

  /** Returns the listener of a port for whatever address. */
  private Optional<OutboundListener> shared(MeshService service, MeshPort port) {
    List<String> ips = proxy.isCaptured() ? proxy.wildcards() : List.of(proxy.bindAddress());
    return listener(ips, true, service, port);
  }

  private Optional<OutboundListener> ofAddress(String ip, MeshService service, MeshPort port) {
    return listener(List.of(ip), false, service, port);
  }

  private Optional<OutboundListener> listener(
      List<String> ips, boolean shared, MeshService service, MeshPort port) {
    String name = Sockets.name(ips.get(0), port.number());
    if (shared && isTaken(port.number())) {
      conflicts.add(
          new ListenerConflict(
              name,
              service.key(),
              "port %d belongs to the workload or the proxy itself".formatted(port.number())));
      return Optional.empty();
    }
    OutboundListener listener =
        listenersByName.computeIfAbsent(
            name, it -> new OutboundListener(ips, port.number(), proxy.isCaptured(), shared));
    if (!listener.accepts(port.protocol())) {
      conflicts.add(
          new ListenerConflict(
              name,
              service.key(),
              "%s cannot share port %d with another protocol"
                  .formatted(port.protocol(), port.number())));
      return Optional.empty();
    }
    return Optional.of(listener);
  }

  /** Returns whether a bound socket of this port would be another one's, too. */
  private boolean isTaken(int port) {
    if (proxy.isCaptured()) {
      return port == CaptureListeners.OUTBOUND_PORT || port == CaptureListeners.INBOUND_PORT;
    }
    return input.takenPorts().contains(port);
  }
}
