package io.mooring.service;

import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.service.MeshService.Origin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The service that all definitions of one host in one namespace make together. Immutable.
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
   * Returns the service that these definitions make.
   *
   * <p>A Kubernetes Service keeps ServiceEntries out: one of the same name neither adds ports nor
   * endpoints to it. Services of several clusters make one together, as ServiceEntries of one
   * namespace do: the oldest decides, and younger ones add ports, addresses, subject alternative
   * names and endpoints, also where labels or selectors differ (Istio then leaves the ports of all
   * but the oldest out, and of the names takes those of the last). One that is resolved differently
   * or exported elsewhere is left out: its endpoints would not fit the cluster, or would reach
   * namespaces that it does not export to (Istio hands them out: istio/istio#55714).
   *
   * @param candidates at least one definition, all with the same key, in any order
   */
  public static MergedService of(Collection<ServiceDefinition> candidates) {
    List<ServiceDefinition> oldestFirst = candidates.stream().sorted(OLDEST_FIRST).toList();
    ServiceDefinition leader =
        oldestFirst.stream()
            .filter(definition -> definition.service().origin() == Origin.KUBERNETES_SERVICE)
            .findFirst()
            .orElse(oldestFirst.get(0));
    List<ServiceDefinition> merged =
        oldestFirst.stream().filter(candidate -> fits(candidate, leader)).toList();
    return new MergedService(
        merge(leader.service(), merged), merged, conflicts(leader, merged, oldestFirst));
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

  private static boolean fits(ServiceDefinition candidate, ServiceDefinition leader) {
    return candidate.service().origin() == leader.service().origin()
        && candidate.service().resolution() == leader.service().resolution()
        && new HashSet<>(candidate.service().exportTo()).equals(leader.service().exportTo());
  }

  private static List<Conflict> conflicts(
      ServiceDefinition leader,
      List<ServiceDefinition> merged,
      List<ServiceDefinition> candidates) {
    if (candidates.size() == 1) {
      return List.of();
    }
    NavigableSet<Conflict> conflicts = new TreeSet<>();
    for (ServiceDefinition candidate : candidates) {
      if (!merged.contains(candidate)) {
        conflicts.add(
            new Conflict(
                Conflict.Kind.HOST,
                leader.service().host(),
                leader.service().definedBy(),
                candidate.service().definedBy(),
                whyLeftOut(candidate, leader)));
      }
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
        candidate.resolution() == leader.resolution()
            ? "exportTo: %s (expected: %s, as the older object says): it adds nothing"
                .formatted(new TreeSet<>(candidate.exportTo()), new TreeSet<>(leader.exportTo()))
            : "resolution: %s (expected: %s, as the older object says): it adds nothing"
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

  private static MeshService merge(MeshService leader, List<ServiceDefinition> merged) {
    if (merged.size() == 1) {
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
        .ports(portsByNumber.values())
        .addresses(addresses)
        .addressesByCluster(addressesByCluster)
        .subjectAltNames(subjectAltNames)
        .build();
  }
}
