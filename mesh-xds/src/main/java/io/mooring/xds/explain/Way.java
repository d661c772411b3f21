package io.mooring.xds.explain;

import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.IpAddress;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.explain.Step.Stage;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.resource.ResourceSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Follows one call. Confined to it. */
final class Way {

  private final ProxyScope scope;
  private final ProxyNode node;
  private final Generated generated;
  private final String host;
  private final int port;
  private final List<Step> steps = new ArrayList<>();

  Way(RegistrySnapshot snapshot, ProxyNode node, ResourceSet resources, String host, int port) {
    this.scope = ProxyScope.of(snapshot, node.namespace());
    this.node = node;
    this.generated = new Generated(resources);
    this.host = IpAddress.canonical(absolute(host.toLowerCase(Locale.ROOT)));
    this.port = port;
  }

  /** As in a URL: an IPv6 address may be in brackets, an absolute DNS name ends in a dot. */
  private static String absolute(String host) {
    String bare = host.startsWith("[") ? host.replaceAll("[\\[\\]]", "") : host;
    return bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
  }

  Explanation explain() {
    ServiceChoice services = new ServiceChoice(scope, node, host, port);
    Optional<MeshService> service = services.chosen();
    steps.add(Step.of(Stage.SERVICE, describe(service), services.rejected()));
    Optional<MeshPort> servicePort = service.flatMap(it -> it.port(port));
    Call call = new Call(scope, node, host, port, service, servicePort);
    ListenerChoice listeners = new ListenerChoice(generated, call);
    if (service.isEmpty() && listeners.virtualHost().isEmpty()) {
      return unserved("the mesh offers the proxy no such service", listeners);
    }
    if (service.isPresent() && servicePort.isEmpty()) {
      return unserved("%s has no port %d".formatted(service.get().host(), port), listeners);
    }
    steps.add(Step.of(Stage.LISTENER, listeners.chosen(), listeners.rejected()));
    if (listeners.chosen().isEmpty()) {
      return end(false, "no listener leads to it");
    }
    List<String> clusters = listeners.clusters();
    if (listeners.virtualHost().isPresent()) {
      RouteChoice routes =
          new RouteChoice(listeners.virtualHost().get(), new PlainRequest(host + ":" + port));
      steps.add(Step.of(Stage.ROUTE, routes.chosen(), routes.rejected()));
      clusters = routes.clusters();
      if (routes.abortsAll().isPresent()) {
        return end(false, "a fault answers every request with " + routes.abortsAll().get());
      }
      if (clusters.isEmpty()) {
        return end(routes.answersItself(), routes.verdict());
      }
    }
    ClusterChoice choice = new ClusterChoice(generated, clusters);
    steps.add(Step.of(Stage.CLUSTER, choice.chosen(), choice.rejected()));
    EndpointChoice endpoints = new EndpointChoice(call, generated, clusters);
    steps.add(Step.of(Stage.ENDPOINT, endpoints.chosen(), endpoints.rejected()));
    return end(endpoints.reachable(), endpoints.verdict());
  }

  private static List<String> describe(Optional<MeshService> service) {
    return service
        .map(
            it ->
                List.of(
                    "%s of namespace '%s', defined by %s '%s'"
                        .formatted(it.host(), it.namespace(), it.origin(), it.name())))
        .orElse(List.of());
  }

  /** What is no service's may be taken by the listener of another. */
  private Explanation unserved(String why, ListenerChoice listeners) {
    if (!listeners.takenBy().isEmpty()) {
      steps.add(Step.of(Stage.LISTENER, List.of(), listeners.rejected()));
      return end(false, why + ": its connections go to " + String.join(", ", listeners.takenBy()));
    }
    return end(
        false,
        why
            + switch (node.capture()) {
              case NONE ->
                  generated.listensOn(port)
                      ? ": what listens on port %d for others answers it with 503".formatted(port)
                      : ", and nothing listens for it: the application's own connection decides";
              case REDIRECT, TPROXY ->
                  ": the connection passes through to the address that the application called";
            });
  }

  private Explanation end(boolean reachable, String verdict) {
    return new Explanation(node.id(), host + ":" + port, reachable, verdict, steps);
  }
}
