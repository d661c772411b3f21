package io.mooring.xds.explain;

import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.explain.Step.Stage;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.resource.ResourceSet;
import java.util.ArrayList;
import java.util.List;
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
    this.host = host;
    this.port = port;
  }

  Explanation explain() {
    ServiceChoice services = new ServiceChoice(scope, host, port);
    Optional<MeshService> service = services.chosen();
    steps.add(Step.of(Stage.SERVICE, describe(service), services.rejected()));
    if (service.isEmpty()) {
      return end(false, unknown());
    }
    Optional<MeshPort> servicePort = service.get().port(port);
    if (servicePort.isEmpty()) {
      return end(false, "%s has no port %d".formatted(service.get().host(), port));
    }
    ListenerChoice listeners = new ListenerChoice(generated, service.get(), host, port);
    steps.add(Step.of(Stage.LISTENER, listeners.chosen(), listeners.rejected()));
    if (listeners.chosen().isEmpty()) {
      return end(false, "no listener leads to it");
    }
    List<String> clusters = listeners.clusters();
    if (listeners.virtualHost().isPresent()) {
      RouteChoice routes = new RouteChoice(listeners.virtualHost().get());
      steps.add(Step.of(Stage.ROUTE, routes.chosen(), routes.rejected()));
      clusters = routes.clusters();
      if (routes.abortsAll().isPresent()) {
        return end(false, "a fault answers every request with " + routes.abortsAll().getAsInt());
      }
      if (clusters.isEmpty()) {
        return end(routes.answersItself(), routes.verdict());
      }
    }
    ClusterChoice choice = new ClusterChoice(generated, clusters);
    steps.add(Step.of(Stage.CLUSTER, choice.chosen(), choice.rejected()));
    EndpointChoice endpoints =
        new EndpointChoice(scope, node, generated, service.get(), servicePort.get(), clusters);
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

  private String unknown() {
    return switch (node.capture()) {
      case NONE ->
          "the mesh offers the proxy no such service"
              + (generated.listensOn(port)
                  ? ": what listens on port %d for others answers it with 503".formatted(port)
                  : ", and nothing listens for it: the application's own connection decides");
      case REDIRECT, TPROXY ->
          "the mesh offers the proxy no such service: the connection passes through to the address"
              + " that the application called";
    };
  }

  private Explanation end(boolean reachable, String verdict) {
    return new Explanation(node.id(), host + ":" + port, reachable, verdict, steps);
  }
}
