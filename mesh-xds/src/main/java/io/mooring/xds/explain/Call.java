package io.mooring.xds.explain;

import io.mooring.model.Protocol;
import io.mooring.service.IpAddress;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyNode.Capture;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.listener.OutboundListenerInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an application asks of its proxy. Immutable.
 *
 * @param host in lower case
 * @param service that has the host, if the proxy sees one
 * @param servicePort of the service, if it has the port
 */
record Call(
    ProxyScope scope,
    ProxyNode node,
    String host,
    int port,
    Optional<MeshService> service,
    Optional<MeshPort> servicePort) {

  /**
   * Returns the IPs to which the connection may go, as far as the mesh knows them: empty where it
   * leaves that to the application's DNS.
   */
  List<String> destinations() {
    if (node.capture() == Capture.NONE) {
      return List.of(node.bindAddress());
    }
    if (IpAddress.isIp(host)) {
      return List.of(host);
    }
    if (service.isEmpty()) {
      return List.of();
    }
    return OutboundListenerInput.isHeadless(service.get())
        ? scope.endpoints(service.get()).stream()
            .map(MeshEndpoint::address)
            .filter(IpAddress::isIp)
            .filter(address -> !node.addresses().contains(address))
            .distinct()
            .toList()
        : service.get().seenFrom(node.clusterId()).addresses(node.resolvesByMeshDns()).stream()
            .map(block -> block.replaceFirst("/.*", ""))
            .toList();
  }

  /** Returns whether the application begins TLS itself, which the proxy passes on unread. */
  boolean isTls() {
    return servicePort.map(MeshPort::protocol).filter(Protocol::isTls).isPresent();
  }

  /** Returns whether the proxy reads requests, as far as the port says so. */
  boolean isHttp() {
    return servicePort
        .map(MeshPort::protocol)
        .map(protocol -> protocol.isHttp() || protocol == Protocol.AUTO)
        .orElse(true);
  }

  /** Returns what clients may write as the host of a request, the likeliest first. */
  List<String> authorities() {
    String written = host.contains(":") ? "[" + host + "]" : host;
    List<String> authorities = new ArrayList<>(List.of(written, written + ":" + port));
    if (!IpAddress.isIp(host)) {
      service.ifPresent(it -> authorities.addAll(List.of(it.host(), it.host() + ":" + port)));
    }
    return authorities;
  }

  /** Returns the server name that the application sends where it begins TLS. */
  String serverName() {
    return IpAddress.isIp(host) ? service.map(MeshService::host).orElse("") : fullHost();
  }

  private String fullHost() {
    return scope.complete(host, scope.namespace());
  }
}
