package io.mooring.xds.explain;

import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.service.HostNames;
import io.mooring.service.IpAddress;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.explain.Step.Rejection;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.listener.OutboundListenerInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Which of the services that have a host a proxy calls. */
final class ServiceChoice {

  private final ProxyScope scope;
  private final ProxyNode node;
  private final String fullHost;
  private final Optional<MeshService> chosen;
  private final List<Rejection> rejected = new ArrayList<>();

  ServiceChoice(ProxyScope scope, ProxyNode node, String host, int port) {
    this.scope = scope;
    this.node = node;
    this.fullHost = scope.complete(host, scope.namespace());
    List<MeshService> candidates = candidates(host);
    this.chosen = candidates.stream().map(this::seen).flatMap(Optional::stream).findFirst();
    candidates.stream().filter(candidate -> seen(candidate).isEmpty()).forEach(this::reject);
    if (chosen.isPresent() && chosen.get().port(port).isEmpty()) {
      rejected.add(
          new Rejection(
              "port " + port,
              "the service has " + chosen.get().ports().stream().map(MeshPort::number).toList()));
    }
    if (candidates.isEmpty()) {
      suggest(host);
    }
  }

  Optional<MeshService> chosen() {
    return chosen;
  }

  List<Rejection> rejected() {
    return rejected;
  }

  /** Returns the services of the host; where none is seen, those of wildcards over it as well. */
  private List<MeshService> candidates(String host) {
    if (IpAddress.isIp(host)) {
      return atAddress(host);
    }
    List<MeshService> candidates = new ArrayList<>(scope.snapshot().servicesByHost(fullHost));
    String pattern = fullHost;
    while (candidates.stream().allMatch(it -> seen(it).isEmpty()) && !pattern.equals("*")) {
      pattern = HostNames.widen(pattern);
      candidates.addAll(scope.snapshot().servicesByHost(pattern));
    }
    return candidates;
  }

  /** Returns the services of an IP, those with the smallest block around it first. */
  private List<MeshService> atAddress(String ip) {
    record At(MeshService service, int length) {}
    List<At> found = new ArrayList<>();
    for (MeshService service : scope.snapshot().services()) {
      addresses(service).stream()
          .filter(block -> IpAddress.isWithin(ip, block))
          .mapToInt(ServiceChoice::length)
          .max()
          .ifPresent(length -> found.add(new At(service, length)));
    }
    found.sort(Comparator.comparingInt(At::length).reversed());
    return found.stream().map(At::service).toList();
  }

  /** Clients of a headless service call its endpoints. */
  private List<String> addresses(MeshService service) {
    return OutboundListenerInput.isHeadless(service)
        ? scope.endpoints(service).stream().map(MeshEndpoint::address).toList()
        : service.seenFrom(node.clusterId()).addresses(node.resolvesByMeshDns());
  }

  private static int length(String block) {
    int slash = block.indexOf('/');
    return slash < 0 ? Integer.MAX_VALUE : Integer.parseInt(block.substring(slash + 1));
  }

  /** Returns the service that the proxy calls where it calls {@code service}, if it sees it. */
  private Optional<MeshService> seen(MeshService service) {
    return scope
        .service(service.host())
        .filter(
            winner ->
                winner.key().equals(service.key()) || winner.aliases().contains(service.key()));
  }

  private void reject(MeshService service) {
    String reason;
    if (!service.isVisibleIn(scope.namespace())) {
      reason =
          "not exported: it is seen in %s, the proxy is in namespace '%s'"
              .formatted(new TreeSet<>(service.exportTo()), scope.namespace());
    } else if (service.resolution() == Resolution.DYNAMIC_DNS) {
      reason = "resolution DYNAMIC_DNS is not translated";
    } else {
      reason =
          "the same host of namespace '%s' wins: the proxy's own namespace, then a Kubernetes"
                  .formatted(scope.service(service.host()).map(MeshService::namespace).orElse(""))
              + " Service, then one exported to this namespace by name, then the oldest";
    }
    rejected.add(
        new Rejection(service.host() + " of namespace '" + service.namespace() + "'", reason));
  }

  /** A short name is one of the proxy's own namespace: the most common slip. */
  private void suggest(String host) {
    String label = host.indexOf('.') < 0 ? host : host.substring(0, host.indexOf('.'));
    scope.snapshot().services().stream()
        .filter(service -> service.host().startsWith(label + "."))
        .forEach(
            service ->
                rejected.add(
                    new Rejection(
                        service.host() + " of namespace '" + service.namespace() + "'",
                        "'" + host + "' means " + fullHost)));
  }
}
