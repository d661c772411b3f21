package io.mooring.service;

import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.service.MeshService.Origin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A service that definitions of one host in one namespace make together. Immutable.
 *
 * @param service the service
 * @param definitions the definitions that count, oldest first; they alone contribute endpoints
 * @param conflicts where definitions contradict each other, in order
 */
public record MergedService(
    MeshService service, List<ServiceDefinition> definitions, List<Conflict> conflicts) {

  private static final Comparator<ServiceDefinition> OLDEST_FIRST =
      Comparator.comparing(ServiceDefinition::age);

  public MergedService {
    definitions = List.copyOf(definitions);
    conflicts = List.copyOf(conflicts);
  }

  /**
   * Returns the services that these definitions make.
   *
   * <p>A Kubernetes Service keeps ServiceEntries out: one of the same name neither adds ports nor
   * endpoints to it. Services of several clusters make one together, as ServiceEntries of one
   * namespace do: the oldest decides, and younger ones add ports, addresses, subject alternative
   * names and endpoints, also where labels or selectors differ (Istio then leaves the ports of all
   * but the oldest out, and of the names takes those of the last). One that is resolved differently
   * is left out: its endpoints would not fit the cluster. Those that are exported elsewhere make a
   * service of their own, for the namespaces that see it and not the older one: together, endpoints
   * would reach namespaces that their object does not export to (as in Istio: istio/istio#55714).
   *
   * @param candidates at least one definition, all with the same key, in any order
   * @return at least one, that of the oldest first: it alone has no {@link MeshService#audience}
   */
  public static List<MergedService> of(Collection<ServiceDefinition> candidates) {
    if (candidates.size() == 1) {
      ServiceDefinition only = candidates.iterator().next();
      return List.of(new MergedService(only.service(), List.of(only), List.of()));
    }
    List<ServiceDefinition> oldestFirst = candidates.stream().sorted(OLDEST_FIRST).toList();
    Origin origin =
        oldestFirst.stream().anyMatch(ServiceDefinition::isKubernetes)
            ? Origin.KUBERNETES_SERVICE
            : Origin.SERVICE_ENTRY;
    Map<String, List<ServiceDefinition>> byAudience = new LinkedHashMap<>();
    List<ServiceDefinition> keptOut = new ArrayList<>();
    for (ServiceDefinition candidate : oldestFirst) {
      if (candidate.service().origin() == origin) {
        byAudience
            .computeIfAbsent(audience(candidate.service()), same -> new ArrayList<>())
            .add(candidate);
      } else {
        keptOut.add(candidate);
      }
    }
    List<MergedService> services = new ArrayList<>();
    byAudience.forEach(
        (audience, same) -> {
          boolean isFirst = services.isEmpty();
          services.add(ofOneAudience(same, isFirst ? "" : audience, isFirst ? keptOut : List.of()));
        });
    return List.copyOf(services);
  }

  private static MergedService ofOneAudience(
      List<ServiceDefinition> oldestFirst, String audience, List<ServiceDefinition> keptOut) {
    ServiceDefinition leader = oldestFirst.get(0);
    List<ServiceDefinition> merged = new ArrayList<>();
    List<ServiceDefinition> leftOut = new ArrayList<>(keptOut);
    for (ServiceDefinition candidate : oldestFirst) {
      boolean fits = candidate.service().resolution() == leader.service().resolution();
      (fits ? merged : leftOut).add(candidate);
    }
    return new MergedService(
        merge(leader.service(), audience, merged), merged, conflicts(leader, merged, leftOut));
  }

  /** Two ways to name the same namespaces are one. */
  private static String audience(MeshService service) {
    Set<String> exportTo = service.exportTo();
    if (exportTo.contains("*")) {
      return "*";
    }
    if (exportTo.contains("~")) {
      return "~";
    }
    return exportTo.stream()
        .map(namespace -> namespace.equals(".") ? service.namespace() : namespace)
        .distinct()
        .sorted()
        .collect(Collectors.joining(","));
  }

  /** Returns the same with these virtual IPs, unless the service has addresses of its own. */
  public MergedService withAutoAddresses(List<String> addresses) {
    return addresses.isEmpty() || !service.addresses().isEmpty()
        ? this
        : with(MeshService.builder().from(service).autoAddresses(addresses).build());
  }

  /** Returns the same with another value of the service, of the same key and ports. */
  public MergedService with(MeshService other) {
    return other == service ? this : new MergedService(other, definitions, conflicts);
  }

  /**
   * Returns the endpoints among all that the definitions contributed that proxies may use, by
   * ascending service port.
   *
   * <p>Each is named after the port of this service that has its number, whatever its own
   * definition calls that port: numbers are what clients call. Istio goes by number for DNS alone,
   * else by name: there an endpoint of port 81 serves port 80, too, where another definition has
   * the name for that, and one of port 80 with another name serves none. A service that is resolved
   * by DNS round robin keeps the first endpoint of each port, of those with an address if there is
   * one: Istio keeps the first whatever it is.
   *
   * @param contributed in the order of definitions, and within one in the order of its workloads
   */
  public List<MeshEndpoint> usable(Iterable<MeshEndpoint> contributed) {
    boolean firstOnly = service.resolution() == Resolution.DNS_ROUND_ROBIN;
    Map<Integer, List<MeshEndpoint>> endpointsByPort = new TreeMap<>();
    for (MeshEndpoint endpoint : contributed) {
      if (!endpoint.serving()) {
        continue;
      }
      List<MeshEndpoint> endpoints =
          endpointsByPort.computeIfAbsent(endpoint.servicePort(), port -> new ArrayList<>());
      if (endpoints.isEmpty() || !firstOnly) {
        endpoints.add(named(endpoint));
      } else if (endpoints.get(0).address().isEmpty() && !endpoint.address().isEmpty()) {
        endpoints.set(0, named(endpoint));
      }
    }
    return endpointsByPort.values().stream().flatMap(List::stream).toList();
  }

  private MeshEndpoint named(MeshEndpoint endpoint) {
    if (definitions.size() == 1) {
      return endpoint;
    }
    String name = service.port(endpoint.servicePort()).orElseThrow().name();
    return name.equals(endpoint.servicePortName())
        ? endpoint
        : MeshEndpoint.builder().from(endpoint).servicePortName(name).build();
  }

  private static List<Conflict> conflicts(
      ServiceDefinition leader, List<ServiceDefinition> merged, List<ServiceDefinition> leftOut) {
    NavigableSet<Conflict> conflicts = new TreeSet<>();
    for (ServiceDefinition left : leftOut) {
      conflicts.add(
          new Conflict(
              Conflict.Kind.HOST,
              leader.service().host(),
              leader.service().definedBy(),
              left.service().definedBy(),
              whyLeftOut(left, leader)));
    }
    Map<Integer, MeshService> firstByPort = new TreeMap<>();
    for (ServiceDefinition definition : merged) {
      for (MeshPort port : definition.service().ports()) {
        MeshService first = firstByPort.putIfAbsent(port.number(), definition.service());
        if (first != null) {
          portConflict(first, definition.service(), port).ifPresent(conflicts::add);
        }
      }
    }
    return List.copyOf(conflicts);
  }

  private static String whyLeftOut(ServiceDefinition left, ServiceDefinition leading) {
    MeshService candidate = left.service();
    MeshService leader = leading.service();
    if (candidate.origin() != leader.origin()) {
      return "a Kubernetes Service has its host to itself: the other adds nothing";
    }
    String reason =
        "resolution: %s (expected: %s, as the older object says): it adds nothing"
            .formatted(candidate.resolution(), leader.resolution());
    return left.cluster().equals(leading.cluster())
        ? reason
        : "cluster '%s', against '%s': %s".formatted(left.cluster(), leading.cluster(), reason);
  }

  private static Optional<Conflict> portConflict(
      MeshService first, MeshService other, MeshPort port) {
    MeshPort winner = first.port(port.number()).orElseThrow();
    if (winner.name().equals(port.name()) && winner.protocol() == port.protocol()) {
      return Optional.empty();
    }
    return Optional.of(
        new Conflict(
            Conflict.Kind.PORT,
            first.host() + ":" + port.number(),
            first.definedBy(),
            other.definedBy(),
            "port: '%s' %s (expected: '%s' %s, as the older object says): its endpoints serve the older one's port"
                .formatted(port.name(), port.protocol(), winner.name(), winner.protocol())));
  }

  private static MeshService merge(
      MeshService leader, String audience, List<ServiceDefinition> merged) {
    if (merged.size() == 1 && audience.isEmpty()) {
      return leader;
    }
    Map<Integer, MeshPort> portsByNumber = new TreeMap<>();
    Set<String> addresses = new LinkedHashSet<>();
    Set<String> subjectAltNames = new LinkedHashSet<>();
    SortedMap<String, List<String>> addressesByCluster = new TreeMap<>();
    for (ServiceDefinition definition : merged) {
      definition.service().ports().forEach(port -> portsByNumber.putIfAbsent(port.number(), port));
      addresses.addAll(definition.service().addresses());
      subjectAltNames.addAll(definition.service().subjectAltNames());
      if (definition.isKubernetes()) {
        addressesByCluster.put(definition.cluster(), definition.service().addresses());
      }
    }
    return MeshService.builder()
        .from(leader)
        .audience(audience)
        .ports(portsByNumber.values())
        .addresses(addresses)
        .addressesByCluster(addressesByCluster)
        .subjectAltNames(subjectAltNames)
        .build();
  }
}
