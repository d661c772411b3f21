package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.kubernetes.Endpoint;
import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.kubernetes.PodStatus;
import io.mooring.registry.AddressIndex.Place;
import io.mooring.service.IpAddress;
import io.mooring.service.ServiceDefinition;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Answers which EndpointSlices a Kubernetes Service has, and which Services refer to a pod.
 * Confined to the registry writer.
 */
final class SliceIndex {

  private static final String SERVICE_NAME_LABEL = "kubernetes.io/service-name";
  private static final Set<String> KINDS = Set.of("EndpointSlice", "Pod");

  private final String clusterDomain;
  private final Map<ServiceKey, Map<Slot, Slice>> slicesByService = new HashMap<>();
  private final Map<ConfigKey, List<ServiceKey>> servicesByPod = new HashMap<>();
  private final Map<Place, List<ServiceKey>> servicesByPlace = new HashMap<>(); // that name no pod
  private final Map<Place, Map<Slot, Pod>> podsByPlace = new HashMap<>();

  /** A slice and the cluster that it comes from. */
  record Slice(EndpointSlice object, String cluster) {}

  SliceIndex(String clusterDomain) {
    this.clusterDomain = clusterDomain;
  }

  /** Takes a change in and adds the services whose endpoints it may change to {@code touched}. */
  void update(ObjectChange change, Set<ServiceKey> touched) {
    if (!KINDS.contains(change.key().kind())) { // nearly all of a start
      return;
    }
    if (object(change.older()) instanceof EndpointSlice slice) {
      remove(slice, change.slot(), touched);
    }
    if (change.newer() != null && change.newer().object() instanceof EndpointSlice slice) {
      add(new Slice(slice, change.newer().cluster()), change.slot(), touched);
    }
    if (object(change.older()) instanceof Pod pod) {
      touched.addAll(servicesByPod.getOrDefault(change.key(), List.of()));
      place(pod).ifPresent(place -> remove(place, change.slot(), touched));
    }
    if (object(change.newer()) instanceof Pod pod) {
      touched.addAll(servicesByPod.getOrDefault(change.key(), List.of()));
      place(pod).ifPresent(place -> add(place, change.slot(), pod, touched));
    }
  }

  private void add(Place place, Slot slot, Pod pod, Set<ServiceKey> touched) {
    podsByPlace.computeIfAbsent(place, same -> new TreeMap<>()).put(slot, pod);
    touched.addAll(servicesByPlace.getOrDefault(place, List.of()));
  }

  private void remove(Place place, Slot slot, Set<ServiceKey> touched) {
    podsByPlace.computeIfPresent(
        place,
        (same, pods) -> {
          pods.remove(slot);
          return pods.isEmpty() ? null : pods;
        });
    touched.addAll(servicesByPlace.getOrDefault(place, List.of()));
  }

  private static Optional<Place> place(Pod pod) {
    return pod.status()
        .map(PodStatus::podIP)
        .filter(IpAddress::isIp)
        .map(ip -> Place.of(pod.metadata().namespace(), ip));
  }

  /** Returns the pod that has this IP; the first by name where pods share that of their node. */
  Optional<Pod> podAt(String namespace, String ip, String cluster) {
    return podsByPlace.getOrDefault(Place.of(namespace, ip), Map.of()).entrySet().stream()
        .filter(pod -> pod.getKey().cluster().equals(cluster))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static @Nullable ConfigObject object(@Nullable AcceptedObject accepted) {
    return accepted == null ? null : accepted.object();
  }

  private void add(Slice slice, Slot slot, Set<ServiceKey> touched) {
    ServiceKey service = service(slice.object());
    slicesByService.computeIfAbsent(service, key -> new TreeMap<>()).put(slot, slice);
    for (ConfigKey pod : pods(slice.object())) {
      servicesByPod.computeIfAbsent(pod, key -> new ArrayList<>(1)).add(service);
    }
    for (Place place : places(slice.object())) {
      servicesByPlace.computeIfAbsent(place, same -> new ArrayList<>(1)).add(service);
    }
    touched.add(service);
  }

  private void remove(EndpointSlice slice, Slot slot, Set<ServiceKey> touched) {
    ServiceKey service = service(slice);
    slicesByService.computeIfPresent(
        service,
        (key, slices) -> {
          slices.remove(slot);
          return slices.isEmpty() ? null : slices;
        });
    pods(slice).forEach(pod -> remove(servicesByPod, pod, service));
    places(slice).forEach(place -> remove(servicesByPlace, place, service));
    touched.add(service);
  }

  private static <K> void remove(Map<K, List<ServiceKey>> index, K key, ServiceKey service) {
    index.computeIfPresent(
        key,
        (same, services) -> {
          services.remove(service);
          return services.isEmpty() ? null : services;
        });
  }

  private ServiceKey service(EndpointSlice slice) {
    return ServiceKey.ofKubernetes(
        slice.metadata().namespace(),
        slice.metadata().labels().getOrDefault(SERVICE_NAME_LABEL, ""),
        clusterDomain);
  }

  private static Set<ConfigKey> pods(EndpointSlice slice) {
    Set<ConfigKey> pods = new TreeSet<>();
    slice.endpoints().forEach(endpoint -> podOf(endpoint, slice).ifPresent(pods::add));
    return pods;
  }

  private static Optional<ConfigKey> podOf(Endpoint endpoint, EndpointSlice slice) {
    String namespace = slice.metadata().namespace();
    return endpoint
        .targetRef()
        .filter(it -> it.kind().equals("Pod"))
        .filter(it -> it.namespace().isEmpty() || it.namespace().equals(namespace))
        .map(it -> new ConfigKey("Pod", namespace, it.name()));
  }

  private static Set<Place> places(EndpointSlice slice) {
    Set<Place> places = new HashSet<>();
    for (Endpoint endpoint : slice.endpoints()) {
      if (podOf(endpoint, slice).isEmpty() && !endpoint.addresses().isEmpty()) {
        places.add(Place.of(slice.metadata().namespace(), endpoint.addresses().get(0)));
      }
    }
    return places;
  }

  /** Returns the slices that are for a definition of a service, by name and cluster. */
  List<Slice> of(ServiceDefinition definition) {
    return slicesByService.getOrDefault(definition.service().key(), Map.of()).values().stream()
        .filter(slice -> definition.isOfCluster(slice.cluster()))
        .toList();
  }
}
