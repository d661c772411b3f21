package io.mooring.xds.mesh;

import io.mooring.model.Protocol;
import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.Subset;
import io.mooring.model.networking.TrafficPolicy;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.node.DestinationPolicy;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.authn.PeerAuthenticationIndex;
import io.mooring.xds.translate.cluster.ClusterInput;
import io.mooring.xds.translate.cluster.ClusterInput.MutualTls;
import io.mooring.xds.translate.cluster.TrafficPolicies;
import io.mooring.xds.translate.endpoint.EndpointInput;
import io.mooring.xds.translate.endpoint.EndpointInput.Target;
import io.mooring.xds.translate.endpoint.SplitHorizon;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Gathers what the clusters and load assignments of one service are made of, as the proxies of one
 * scope see it. Costs what the service costs, whatever the size of the mesh.
 *
 * @param clusters one a port and subset
 * @param endpoints those of each cluster, in the same order
 */
record ServiceInputs(List<ClusterInput> clusters, List<EndpointInput> endpoints) {

  static ServiceInputs of(ScopedProxy proxy, MeshService service) {
    return new Gathering(proxy, service).gather();
  }

  /** Returns the endpoints of those clusters for which Envoy asks for them apart. */
  List<EndpointInput> assignments() {
    return IntStream.range(0, clusters.size())
        .filter(index -> clusters.get(index).hasSeparateEndpoints())
        .mapToObj(endpoints::get)
        .toList();
  }

  private static final class Gathering {
    private final ProxyScope scope;
    private final PeerAuthenticationIndex peerAuthentications;
    private final MeshService service;
    private final Optional<DestinationPolicy> rules;
    private final List<MeshEndpoint> endpoints;
    private final SplitHorizon horizon;
    private final List<String> peerNames;
    private final List<ClusterInput> clusters = new ArrayList<>();
    private final List<EndpointInput> all = new ArrayList<>();

    Gathering(ScopedProxy proxy, MeshService service) {
      this.scope = proxy.scope();
      this.peerAuthentications = proxy.peerAuthentications();
      this.service = service;
      this.rules = scope.destinationPolicy(service, proxy.labels());
      this.endpoints = scope.endpoints(service);
      this.horizon = proxy.horizon();
      this.peerNames = peerNames(service, endpoints);
    }

    ServiceInputs gather() {
      for (MeshPort port : service.ports()) {
        if (port.protocol() != Protocol.UDP) {
          add(port);
        }
      }
      return new ServiceInputs(List.copyOf(clusters), List.copyOf(all));
    }

    private void add(MeshPort port) {
      TrafficPolicy policy =
          TrafficPolicies.ofPort(rules.flatMap(DestinationPolicy::trafficPolicy), port.number());
      add(port, "", Map.of(), policy);
      for (Subset subset : rules.map(DestinationPolicy::subsets).orElse(List.of())) {
        add(
            port,
            subset.name(),
            subset.labels(),
            TrafficPolicies.ofSubset(policy, subset.trafficPolicy(), port.number()));
      }
    }

    private void add(
        MeshPort port, String subset, Map<String, String> labels, TrafficPolicy policy) {
      List<Target> targets = targets(port, labels, policy);
      ClusterInput cluster =
          new ClusterInput(
              service,
              port,
              subset,
              policy,
              rules.map(it -> it.sources().get(0)),
              scope.settings().trustDomain(),
              peerNames,
              mutualTls(targets),
              isResolvedByProxy() ? targets : List.of());
      clusters.add(cluster);
      all.add(new EndpointInput(cluster.name(), targets));
    }

    private boolean isResolvedByProxy() {
      return service.resolution() == Resolution.DNS
          || service.resolution() == Resolution.DNS_ROUND_ROBIN;
    }

    private List<Target> targets(MeshPort port, Map<String, String> labels, TrafficPolicy policy) {
      boolean byAddress = service.resolution() == Resolution.STATIC;
      List<Target> targets = new ArrayList<>();
      for (MeshEndpoint endpoint : endpoints) {
        if (endpoint.servicePort() == port.number()
            && endpoint.labels().entrySet().containsAll(labels.entrySet())
            && !(byAddress && isDnsName(endpoint.address()))) {
          targets.add(new Target(endpoint, speaksMutualTls(endpoint, policy)));
        }
      }
      // What passes through goes to the address that the application called.
      return service.resolution() == Resolution.NONE ? targets : horizon.see(targets);
    }

    /** Returns what the rule for the destination says, else what the endpoint can and accepts. */
    private boolean speaksMutualTls(MeshEndpoint endpoint, TrafficPolicy policy) {
      return policy
          .tls()
          .map(tls -> tls.mode() == ClientTlsSettings.Mode.ISTIO_MUTUAL)
          .orElseGet(() -> speaksMutualTls(endpoint));
    }

    private boolean speaksMutualTls(MeshEndpoint endpoint) {
      return endpoint.speaksMutualTls()
          && peerAuthentications
                  .effective(endpoint.namespace(), endpoint.labels())
                  .mode(endpoint.port())
              != Mode.DISABLE;
    }

    private MutualTls mutualTls(List<Target> targets) {
      if (service.meshExternal()) {
        return MutualTls.NEVER;
      }
      return switch (service.resolution()) {
        case STATIC -> MutualTls.BY_ENDPOINT;
        case DNS, DNS_ROUND_ROBIN, DYNAMIC_DNS ->
            targets.stream().anyMatch(Target::mutualTls) ? MutualTls.BY_ENDPOINT : MutualTls.NEVER;
        // Nobody knows beforehand which endpoint a connection goes to: it must hold for all.
        case NONE ->
            !targets.isEmpty() && targets.stream().allMatch(Target::mutualTls)
                ? MutualTls.ALWAYS
                : MutualTls.NEVER;
      };
    }

    private static List<String> peerNames(MeshService service, List<MeshEndpoint> endpoints) {
      TreeSet<String> names = new TreeSet<>(service.subjectAltNames());
      endpoints.forEach(
          endpoint -> endpoint.identity().ifPresent(identity -> names.add(identity.toString())));
      return List.copyOf(names);
    }

    private static boolean isDnsName(String address) {
      return !address.isEmpty()
          && !address.startsWith("/")
          && !address.startsWith("unix://")
          && !address.contains(":")
          && !Character.isDigit(address.charAt(address.length() - 1));
    }
  }
}
