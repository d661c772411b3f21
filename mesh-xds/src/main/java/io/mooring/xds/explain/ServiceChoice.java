package io.mooring.xds.explain;

import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.service.HostNames;
import io.mooring.service.IpAddress;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.explain.Step.Rejection;
import io.mooring.xds.node.ProxyScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Which of the services that have a host a proxy calls. */
final class ServiceChoice {

  private final ProxyScope scope;
  private final String fullHost;
  private final Optional<MeshService> chosen;
  private final List<Rejection> rejected = new ArrayList<>();

  ServiceChoice(ProxyScope scope, String host, int port) {
    this.scope = scope;
    this.fullHost = scope.complete(host, scope.namespace());
    List<MeshService> candidates = candidates(host);
    this.chosen = candidates.stream().filter(candidate -> isSeen(candidate)).findFirst();
    candidates.stream().filter(candidate -> !isSeen(candidate)).forEach(this::reject);
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

  private List<MeshService> candidates(String host) {
    if (IpAddress.isIp(host)) {
      return scope.snapshot().services().stream()
          .filter(service -> service.addresses().contains(host))
          .toList();
    }
    List<MeshService> candidates = scope.snapshot().servicesByHost(fullHost);
    String pattern = fullHost;
    while (candidates.isEmpty() && !pattern.equals("*")) {
      pattern = HostNames.widen(pattern);
      candidates = scope.snapshot().servicesByHost(pattern);
    }
    return candidates;
  }

  private boolean isSeen(MeshService service) {
    return scope.service(service.host()).filter(it -> it.key().equals(service.key())).isPresent();
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
