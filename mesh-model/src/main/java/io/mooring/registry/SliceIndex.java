package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.kubernetes.Pod;
import io.mooring.service.ServiceDefinition;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  private final String clusterDomain;
  private final Map<ServiceKey, Map<Slot, Slice>> slicesByService = new HashMap<>();
  private final Map<ConfigKey, List<ServiceKey>> servicesByPod = new HashMap<>();

  /** A slice and the cluster that it comes from. */
  record Slice(EndpointSlice object, String cluster) {}

  SliceIndex(String clusterDomain) {
    this.clusterDomain = clusterDomain;
  }

  /** Takes a change in and adds the services whose endpoints it may change to {@code touched}. */
  void update(ObjectChange change, Set<ServiceKey> touched) {
    if (object(change.older()) instanceof EndpointSlice slice) {
      remove(slice, change.slot(), touched);
    }
    if (change.newer() != null && change.newer().object() instanceof EndpointSlice slice) {
      add(new Slice(slice, change.newer().cluster()), change.slot(), touched);
    }
    if (object(change.older()) instanceof Pod || object(change.newer()) instanceof Pod) {
      touched.addAll(servicesByPod.getOrDefault(change.key(), List.of()));
    }
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
    for (ConfigKey pod : pods(slice)) {
      servicesByPod.computeIfPresent(
          pod,
          (key, services) -> {
            services.remove(service);
            return services.isEmpty() ? null : services;
          });
    }
    touched.add(service);
  }

  private ServiceKey service(EndpointSlice slice) {
    return ServiceKey.ofKubernetes(
        slice.metadata().namespace(),
        slice.metadata().labels().getOrDefault(SERVICE_NAME_LABEL, ""),
        clusterDomain);
  }

  private static Set<ConfigKey> pods(EndpointSlice slice) {
    Set<ConfigKey> pods = new TreeSet<>();
    slice
        .endpoints()
        .forEach(
            endpoint ->
                endpoint
                    .targetRef()
                    .filter(reference -> reference.kind().equals("Pod"))
                    .ifPresent(
                        reference ->
                            pods.add(
                                new ConfigKey(
                                    "Pod", slice.metadata().namespace(), reference.name()))));
    return pods;
  }

  /** Returns the slices that are for a definition of a service, by name and cluster. */
  List<Slice> of(ServiceDefinition definition) {
    return slicesByService.getOrDefault(definition.service().key(), Map.of()).values().stream()
        .filter(slice -> definition.isOfCluster(slice.cluster()))
        .toList();
  }
}
