package io.mooring.xds.mesh;

import io.mooring.model.Protocol;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.route.HostDomains;
import io.mooring.xds.translate.route.RouteInput;
import io.mooring.xds.translate.route.RouteInput.HostInput;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Gathers what the route configurations of one proxy are made of. */
final class RouteInputs {

  private RouteInputs() {}

  static List<RouteInput> of(ProxyScope scope, ProxyNode node) {
    String dnsDomain = dnsDomain(scope, node);
    SortedMap<Integer, List<HostInput>> hostsByPort = new TreeMap<>();
    List<RouteInput> inputs = new ArrayList<>();
    for (MeshService service : scope.services()) {
      for (MeshPort port : service.ports()) {
        if (port.protocol().isHttp() || port.protocol() == Protocol.AUTO) {
          HostInput host =
              new HostInput(service.host(), port.number(), HostDomains.of(service, dnsDomain));
          hostsByPort.computeIfAbsent(port.number(), number -> new ArrayList<>()).add(host);
          if (port.protocol() == Protocol.AUTO && !service.addresses().isEmpty()) {
            inputs.add(single(host));
          }
        }
      }
    }
    hostsByPort.forEach(
        (port, hosts) -> inputs.add(new RouteInput(Integer.toString(port), hosts, true)));
    return inputs;
  }

  private static RouteInput single(HostInput host) {
    return new RouteInput(
        host.host() + ":" + host.port(),
        List.of(new HostInput(host.host(), host.port(), List.of("*"))),
        false);
  }

  private static String dnsDomain(ProxyScope scope, ProxyNode node) {
    return node.dnsDomain().isEmpty()
        ? node.namespace() + ".svc." + scope.settings().clusterDomain()
        : node.dnsDomain();
  }
}
