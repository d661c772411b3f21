package io.mooring.analysis;

import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.HostNames;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.MeshWorkload;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Answers what the findings of one snapshot ask again and again. Immutable.
 *
 * @param snapshot what is looked at
 * @param selectingByNamespace services that select workloads, by their namespace
 * @param selectingByLabel the same services by one label that they select
 * @param workloadsByNamespace what entries and pods say of workloads, by their namespace
 * @param endpoints where every service has endpoints
 */
record MeshIndex(
    RegistrySnapshot snapshot,
    Map<String, List<MeshService>> selectingByNamespace,
    Map<SelectedLabel, List<MeshService>> selectingByLabel,
    Map<String, List<Described>> workloadsByNamespace,
    Set<EndpointAt> endpoints) {

  /** A label that services of a namespace select. */
  private record SelectedLabel(String namespace, String label, String value) {}

  /** That a service has an endpoint at an address of a namespace. */
  private record EndpointAt(ServiceKey service, String namespace, String address) {}

  static MeshIndex of(RegistrySnapshot snapshot) {
    Map<String, List<MeshService>> selecting = new HashMap<>();
    Map<SelectedLabel, List<MeshService>> byLabel = new HashMap<>();
    Set<EndpointAt> endpoints = new HashSet<>();
    for (MeshService service : snapshot.services()) {
      if (!selector(service).isEmpty()) {
        selecting.computeIfAbsent(service.namespace(), ns -> new ArrayList<>()).add(service);
        Map.Entry<String, String> label = new TreeMap<>(selector(service)).firstEntry();
        byLabel
            .computeIfAbsent(
                new SelectedLabel(service.namespace(), label.getKey(), label.getValue()),
                same -> new ArrayList<>())
            .add(service);
      }
      for (MeshEndpoint endpoint : snapshot.endpoints(service.key())) {
        endpoints.add(new EndpointAt(service.key(), endpoint.namespace(), endpoint.address()));
      }
    }
    Map<String, List<Described>> workloads = new HashMap<>();
    described(snapshot)
        .forEach(
            it -> workloads.computeIfAbsent(it.key().namespace(), ns -> new ArrayList<>()).add(it));
    return new MeshIndex(snapshot, selecting, byLabel, workloads, endpoints);
  }

  /** Returns what entries and pods say of workloads. */
  static Stream<Described> described(RegistrySnapshot snapshot) {
    TrustDomain trustDomain = snapshot.settings().trustDomain();
    return Stream.concat(
        snapshot.objects(WorkloadEntry.class).stream().map(it -> Described.of(it, trustDomain)),
        snapshot.objects(Pod.class).stream().map(it -> Described.of(it, trustDomain)));
  }

  /** Returns the services whose selector {@code workload} fits, in a fixed order. */
  List<MeshService> selecting(Described workload) {
    String namespace = workload.key().namespace();
    return workload.labels().entrySet().stream()
        .map(label -> new SelectedLabel(namespace, label.getKey(), label.getValue()))
        .flatMap(label -> selectingByLabel.getOrDefault(label, List.of()).stream())
        .filter(service -> workload.has(selector(service)))
        .toList();
  }

  /** Returns whether {@code workload} is an endpoint of a service. */
  boolean isEndpoint(MeshWorkload workload, MeshService service) {
    return endpoints.contains(
        new EndpointAt(service.key(), workload.namespace(), workload.address()));
  }

  /** Returns the WorkloadGroups whose members a service selects. */
  List<Described> groupsOf(MeshService service) {
    Map<String, String> selector = selector(service);
    return selector.isEmpty()
        ? List.of()
        : snapshot.objects(WorkloadGroup.class, service.namespace()).stream()
            .map(Described::of)
            .filter(group -> group.has(selector))
            .toList();
  }

  /** Returns whether any source says something of pods. */
  boolean seesPods() {
    return !snapshot.objects(Pod.class).isEmpty()
        || !snapshot.objects(EndpointSlice.class).isEmpty();
  }

  List<MeshService> selectingIn(String namespace) {
    return selectingByNamespace.getOrDefault(namespace, List.of());
  }

  List<Described> workloadsIn(String namespace) {
    return workloadsByNamespace.getOrDefault(namespace, List.of());
  }

  /** Returns the workloads of all namespaces but one that {@code fits} finds. */
  List<Described> workloadsElsewhere(String namespace, Predicate<Described> fits) {
    return workloadsByNamespace.entrySet().stream()
        .filter(ofNamespace -> !ofNamespace.getKey().equals(namespace))
        .flatMap(ofNamespace -> ofNamespace.getValue().stream())
        .filter(fits)
        .sorted(Comparator.comparing(Described::key))
        .toList();
  }

  /** Returns a service of another namespace whose selector {@code workload} fits, if any. */
  Optional<MeshService> selectingElsewhere(Described workload) {
    return selectingByNamespace.values().stream()
        .flatMap(List::stream)
        .filter(service -> !service.namespace().equals(workload.key().namespace()))
        .filter(service -> workload.has(selector(service)))
        .min(Comparator.comparing(MeshService::key));
  }

  /** Returns the service whose selector {@code workload} misses by the fewest labels, if any. */
  Optional<MeshService> nearest(Described workload) {
    return selectingIn(workload.key().namespace()).stream()
        .filter(service -> workload.resembles(selector(service)))
        .max(
            Comparator.comparingLong(
                (MeshService service) ->
                    workload.agreements(selector(service)) - selector(service).size()));
  }

  /** Returns the workload of its namespace that misses a selector by the fewest labels, if any. */
  Optional<Described> nearest(String namespace, Map<String, String> selector) {
    return workloadsIn(namespace).stream()
        .filter(workload -> workload.resembles(selector))
        .max(
            Comparator.comparingLong((Described workload) -> workload.agreements(selector))
                .thenComparing(Described::key, Comparator.reverseOrder()));
  }

  static Map<String, String> selector(MeshService service) {
    return service.selector().orElse(Map.of());
  }

  /** Returns the services of a host that an object of {@code owner} names, hidden ones too. */
  List<MeshService> named(String host, String owner) {
    return snapshot.servicesByHost(
        HostNames.complete(host, owner, snapshot.settings().clusterDomain()));
  }

  /** Returns the service ports that have an endpoint. */
  static Set<Integer> servedPorts(Collection<MeshEndpoint> endpoints) {
    return endpoints.stream()
        .map(MeshEndpoint::servicePort)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
