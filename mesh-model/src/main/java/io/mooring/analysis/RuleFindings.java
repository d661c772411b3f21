package io.mooring.analysis;

import io.mooring.model.networking.Destination;
import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.HttpMirrorPolicy;
import io.mooring.model.networking.HttpRouteDestination;
import io.mooring.model.networking.PortSelector;
import io.mooring.model.networking.RouteDestination;
import io.mooring.model.networking.Subset;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.VirtualServiceSpec;
import io.mooring.service.HostNames;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What is wrong with VirtualServices and DestinationRules. */
final class RuleFindings {

  private final MeshIndex mesh;
  private final Map<String, Set<String>> subsetsByHost = new HashMap<>();

  private RuleFindings(MeshIndex mesh) {
    this.mesh = mesh;
    for (DestinationRule rule : mesh.snapshot().objects(DestinationRule.class)) {
      Set<String> subsets =
          subsetsByHost.computeIfAbsent(
              complete(rule.spec().host(), rule.metadata().namespace()), host -> new TreeSet<>());
      rule.spec().subsets().forEach(subset -> subsets.add(subset.name()));
    }
  }

  static Stream<Finding> of(MeshIndex mesh) {
    RuleFindings findings = new RuleFindings(mesh);
    return Stream.concat(
        mesh.snapshot().objects(DestinationRule.class).stream().flatMap(findings::of),
        Stream.concat(
            mesh.snapshot().objects(VirtualService.class).stream().flatMap(findings::of),
            findings.routedHosts()));
  }

  /** A host that one namespace routes. */
  private record RoutedHost(String namespace, String host) {}

  /** Of VirtualServices for sidecars; those of gateways speak of the gateways' hosts. */
  private Stream<Finding> routedHosts() {
    Map<RoutedHost, VirtualService> firstByHost = new HashMap<>();
    Stream.Builder<Finding> found = Stream.builder();
    for (VirtualService virtualService : mesh.snapshot().objects(VirtualService.class)) {
      List<String> gateways = virtualService.spec().gateways();
      if (!gateways.isEmpty() && !gateways.contains("mesh")) {
        continue;
      }
      String namespace = virtualService.metadata().namespace();
      for (String written : new TreeSet<>(virtualService.spec().hosts())) {
        String host = complete(written, namespace);
        VirtualService first =
            firstByHost.putIfAbsent(new RoutedHost(namespace, host), virtualService);
        if (first != null && areSeenTogether(first, virtualService)) {
          found.add(
              new Finding(
                  FindingCode.ROUTED_HOST_TAKEN,
                  virtualService.key(),
                  "host '%s' is routed by %s, which is older".formatted(host, first.key()),
                  "move its routes there"));
        } else if (first == null
            && !host.startsWith("*")
            && gateways.stream().allMatch("mesh"::equals) // else it is a host of the gateway
            && mesh.named(written, namespace).isEmpty()) {
          found.add(
              new Finding(
                  FindingCode.ROUTED_HOST_UNKNOWN,
                  virtualService.key(),
                  "host '%s' is no service: only requests to port 80 with this host can match"
                      .formatted(host),
                  "correct spec.hosts; a short name is one of the VirtualService's own namespace"));
        }
      }
    }
    return found.build();
  }

  /**
   * Returns the namespaces that it is written for: whoever sees it sees its destinations or not.
   */
  private static Stream<String> clients(VirtualService virtualService) {
    String owner = virtualService.metadata().namespace();
    List<String> exportTo = virtualService.spec().exportTo();
    return isPublic(exportTo)
        ? Stream.of(owner)
        : exportTo.stream().map(namespace -> namespace.equals(".") ? owner : namespace);
  }

  private static boolean areSeenTogether(VirtualService one, VirtualService other) {
    List<String> seenBy = one.spec().exportTo();
    List<String> others = other.spec().exportTo();
    return isPublic(seenBy) || isPublic(others) || !Collections.disjoint(seenBy, others);
  }

  private static boolean isPublic(List<String> exportTo) {
    return exportTo.isEmpty() || exportTo.contains("*");
  }

  private String complete(String host, String owner) {
    return HostNames.complete(host, owner, mesh.snapshot().settings().clusterDomain());
  }

  private Stream<Finding> of(DestinationRule rule) {
    String host = rule.spec().host();
    if (host.startsWith("*")) {
      return Stream.empty();
    }
    List<MeshService> services = mesh.named(host, rule.metadata().namespace());
    if (services.isEmpty()) {
      return Stream.of(
          new Finding(
              FindingCode.HOST_UNKNOWN,
              rule.key(),
              "host '%s' is no service".formatted(complete(host, rule.metadata().namespace())),
              "correct the host; a short name is one of the rule's own namespace"));
    }
    List<MeshEndpoint> endpoints =
        services.stream()
            .flatMap(service -> mesh.snapshot().endpoints(service.key()).stream())
            .toList();
    return endpoints.isEmpty()
        ? Stream.empty() // the service's own finding says why
        : rule.spec().subsets().stream()
            .filter(subset -> endpoints.stream().noneMatch(endpoint -> isOf(endpoint, subset)))
            .filter(subset -> services.stream().noneMatch(service -> isToCome(service, subset)))
            .map(subset -> unserved(rule, subset, endpoints));
  }

  private boolean isToCome(MeshService service, Subset subset) {
    return mesh.groupsOf(service).stream().anyMatch(group -> group.has(subset.labels()));
  }

  private static boolean isOf(MeshEndpoint endpoint, Subset subset) {
    return endpoint.labels().entrySet().containsAll(subset.labels().entrySet());
  }

  private static Finding unserved(
      DestinationRule rule, Subset subset, Collection<MeshEndpoint> endpoints) {
    Map<String, Set<String>> seen = new TreeMap<>();
    for (MeshEndpoint endpoint : endpoints) {
      for (String label : subset.labels().keySet()) {
        String value = endpoint.labels().get(label);
        if (value != null) {
          seen.computeIfAbsent(label, name -> new TreeSet<>()).add(value);
        }
      }
    }
    return new Finding(
        FindingCode.SUBSET_WITHOUT_ENDPOINTS,
        rule.key(),
        "subset '%s' wants %s, the endpoints have %s"
            .formatted(subset.name(), new TreeMap<>(subset.labels()), seen),
        "correct the labels of the subset or of the workloads");
  }

  private Stream<Finding> of(VirtualService virtualService) {
    return destinations(virtualService.spec())
        .distinct()
        .flatMap(destination -> of(virtualService, destination));
  }

  private static Stream<Destination> destinations(VirtualServiceSpec spec) {
    Stream<Destination> http =
        spec.http().stream()
            .flatMap(
                route ->
                    Stream.of(
                            route.route().stream().map(HttpRouteDestination::destination),
                            route.mirror().stream(),
                            route.mirrors().stream().map(HttpMirrorPolicy::destination))
                        .flatMap(destinations -> destinations));
    Stream<Destination> layer4 =
        Stream.concat(
                spec.tcp().stream().flatMap(route -> route.route().stream()),
                spec.tls().stream().flatMap(route -> route.route().stream()))
            .map(RouteDestination::destination);
    return Stream.concat(http, layer4);
  }

  private Stream<Finding> of(VirtualService virtualService, Destination destination) {
    String owner = virtualService.metadata().namespace();
    String host = complete(destination.host(), owner);
    List<MeshService> services = mesh.named(destination.host(), owner);
    if (services.isEmpty()) {
      return Stream.of(
          new Finding(
              FindingCode.HOST_UNKNOWN,
              virtualService.key(),
              "destination '%s' is no service: such requests get 503".formatted(host),
              "correct the host; a short name is one of the VirtualService's own namespace"));
    }
    List<MeshService> visible =
        services.stream()
            .filter(service -> clients(virtualService).anyMatch(service::isVisibleIn))
            .toList();
    if (visible.isEmpty()) {
      return Stream.of(
          new Finding(
              FindingCode.HOST_NOT_EXPORTED,
              virtualService.key(),
              "destination '%s' is exported to %s, not to namespace '%s'"
                  .formatted(host, new TreeSet<>(services.get(0).exportTo()), owner),
              "add the namespace to the service's exportTo"));
    }
    return Stream.concat(
        port(virtualService, destination, host, visible).stream(),
        subset(virtualService, destination, host).stream());
  }

  private static Optional<Finding> port(
      VirtualService virtualService,
      Destination destination,
      String host,
      List<MeshService> services) {
    return destination
        .port()
        .map(PortSelector::number)
        .filter(port -> services.stream().allMatch(service -> service.port(port).isEmpty()))
        .map(
            port ->
                new Finding(
                    FindingCode.PORT_UNKNOWN,
                    virtualService.key(),
                    "destination '%s' has no port %d; it has %s"
                        .formatted(
                            host,
                            port,
                            services.get(0).ports().stream().map(MeshPort::number).toList()),
                    "correct destination.port"));
  }

  /** Returns those of rules for the host, or for a wildcard that covers it. */
  private Set<String> subsets(String host) {
    Set<String> known = new TreeSet<>(subsetsByHost.getOrDefault(host, Set.of()));
    for (String pattern = host; !pattern.equals("*"); ) {
      pattern = HostNames.widen(pattern);
      known.addAll(subsetsByHost.getOrDefault(pattern, Set.of()));
    }
    return known;
  }

  private Optional<Finding> subset(
      VirtualService virtualService, Destination destination, String host) {
    Set<String> known = subsets(host);
    String subset = destination.subset();
    return subset.isEmpty() || known.contains(subset)
        ? Optional.empty()
        : Optional.of(
            new Finding(
                FindingCode.SUBSET_UNKNOWN,
                virtualService.key(),
                "subset '%s' of '%s' is not defined; DestinationRules define %s"
                    .formatted(subset, host, known),
                "define it in a DestinationRule of the host"));
  }
}
