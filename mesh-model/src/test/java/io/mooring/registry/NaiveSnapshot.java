package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.kubernetes.Namespace;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.mesh.MeshConfig;
import io.mooring.model.mesh.MeshNetworks;
import io.mooring.model.mesh.MeshNetworksSpec;
import io.mooring.model.mesh.ServiceEntryVisibility;
import io.mooring.model.mesh.ServiceEntryVisibility.Visibility;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.service.Age;
import io.mooring.service.Conflict;
import io.mooring.service.HostPrecedence;
import io.mooring.service.IpAddress;
import io.mooring.service.MergedService;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.MeshWorkload;
import io.mooring.service.Networks;
import io.mooring.service.ServiceDefinition;
import io.mooring.service.ServiceKey;
import io.mooring.service.ServiceTarget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The oracle: answers every question by going through all objects, without an index and without a
 * past.
 */
final class NaiveSnapshot implements RegistrySnapshot {

  private static final Comparator<MeshService> OLDEST_FIRST =
      Comparator.comparing((MeshService service) -> Age.of(service))
          .thenComparing(MeshService::host)
          .thenComparing(MeshService::audience);

  private final Collection<ConfigObject> all;
  private final MeshSettings settings;
  private final Map<ServiceKey, MergedService> merged;
  private final Map<ServiceKey, List<MeshEndpoint>> contributed = new TreeMap<>();

  NaiveSnapshot(Collection<ConfigObject> all, MeshSettings settings) {
    this.all = all;
    this.settings = settings;
    this.merged = merge();
    merged.forEach((key, service) -> contributed.put(key, contributed(service)));
  }

  private Map<ServiceKey, MergedService> merge() {
    Map<ServiceKey, List<ServiceDefinition>> definitions = new TreeMap<>();
    for (ConfigObject object : all) {
      List<ServiceDefinition> ofObject = List.of();
      if (object instanceof ServiceEntry entry) {
        ofObject = ServiceDefinition.of(entry, settings.trustDomain());
      } else if (object instanceof Service service) {
        ofObject =
            List.of(
                ServiceDefinition.of(service, settings.clusterDomain(), settings.trustDomain()));
      }
      ofObject.forEach(
          definition ->
              definitions
                  .computeIfAbsent(definition.service().key(), key -> new ArrayList<>())
                  .add(definition));
    }
    Map<ServiceKey, MergedService> ofKeys = new TreeMap<>();
    Set<String> exportTo =
        objects(MeshConfig.class, settings.rootNamespace()).stream()
            .findFirst()
            .map(config -> new HashSet<>(config.spec().defaultServiceExportTo()))
            .filter(it -> !it.isEmpty())
            .orElse(new HashSet<>(Set.of("*")));
    definitions.forEach(
        (key, ofKey) ->
            MergedService.of(
                    ofKey.stream()
                        .map(it -> it.exportedByDefaultTo(exportTo))
                        .map(it -> it.seenAtMost(visibility(it.service().namespace())))
                        .toList())
                .forEach(it -> ofKeys.put(it.service().key(), it)));
    Map<ServiceKey, MergedService> decorated = new TreeMap<>();
    ofKeys.forEach(
        (key, service) -> {
          Optional<String> aliasFor = aliasFor(service.service(), ofKeys.values());
          List<ServiceKey> aliases =
              ofKeys.values().stream()
                  .map(MergedService::service)
                  .filter(it -> aliasFor(it, ofKeys.values()).equals(Optional.of(key.host())))
                  .map(MeshService::key)
                  .toList();
          decorated.put(
              key,
              service.with(
                  MeshService.builder()
                      .from(service.service())
                      .aliasFor(aliasFor)
                      .aliases(aliasFor.isPresent() ? List.of() : aliases)
                      .build()));
        });
    return decorated;
  }

  private Visibility visibility(String namespace) {
    Map<String, String> labels = new TreeMap<>(Map.of("kubernetes.io/metadata.name", namespace));
    objects(Namespace.class).stream()
        .filter(it -> it.metadata().name().equals(namespace))
        .forEach(it -> labels.putAll(it.metadata().labels()));
    return objects(MeshConfig.class, settings.rootNamespace()).stream()
        .findFirst()
        .flatMap(config -> config.spec().serviceEntryVisibility())
        .filter(ServiceEntryVisibility::applyToSidecars)
        .map(it -> it.of(labels))
        .orElse(Visibility.PUBLIC);
  }

  /** Follows names until one is no alias, and gives up after more steps than there are services. */
  private static Optional<String> aliasFor(MeshService alias, Collection<MergedService> all) {
    Optional<String> host = alias.externalName();
    for (int steps = 0; steps <= all.size() && host.isPresent(); steps++) {
      String current = host.get();
      if (current.equals(alias.host())) {
        return Optional.empty();
      }
      List<MeshService> found =
          all.stream()
              .map(MergedService::service)
              .filter(service -> service.host().equals(current))
              .sorted(OLDEST_FIRST)
              .toList();
      if (found.stream().anyMatch(service -> service.externalName().isEmpty())) {
        return Optional.of(current);
      }
      host = found.stream().findFirst().flatMap(MeshService::externalName);
    }
    return Optional.empty();
  }

  private List<MeshEndpoint> contributed(MergedService merged) {
    List<MeshEndpoint> contributed = new ArrayList<>();
    for (ServiceDefinition definition : merged.definitions()) {
      definition
          .inlineWorkloads()
          .forEach(
              workload ->
                  contributed.addAll(
                      definition.endpoints(
                          definition.service().meshExternal()
                              ? workload
                              : networks().place(workload))));
      List<EndpointSlice> slices = slices(definition);
      Map<String, List<MeshEndpoint>> byPlace = new TreeMap<>();
      all.stream()
          .flatMap(object -> workload(object).stream())
          .filter(definition::selects)
          .filter(it -> slices.isEmpty() || it.origin() != MeshWorkload.Origin.POD)
          .forEach(
              it ->
                  byPlace.put(
                      "0/" + it.id(),
                      definition.endpoints(
                          definition.service().meshExternal() ? it : networks().place(it))));
      Set<MeshEndpoint> seen = new HashSet<>();
      for (EndpointSlice slice : slices) {
        List<List<MeshEndpoint>> endpoints =
            definition.endpoints(
                slice,
                name ->
                    object(new ConfigKey("Pod", slice.metadata().namespace(), name))
                        .map(Pod.class::cast),
                ip ->
                    objects(Pod.class, slice.metadata().namespace()).stream()
                        .filter(pod -> pod.status().isPresent())
                        .filter(pod -> IpAddress.isIp(pod.status().get().podIP()))
                        .filter(
                            pod ->
                                IpAddress.canonical(pod.status().get().podIP())
                                    .equals(IpAddress.canonical(ip)))
                        .min(Comparator.comparing(pod -> pod.metadata().name())),
                settings.trustDomain(),
                "");
        for (int i = 0; i < endpoints.size(); i++) {
          byPlace.put(
              i + "/EndpointSlice/" + slice.metadata().name(),
              endpoints.get(i).stream().map(networks()::place).filter(seen::add).toList());
        }
      }
      byPlace.values().forEach(contributed::addAll);
    }
    return contributed;
  }

  private Optional<MeshWorkload> workload(ConfigObject object) {
    if (object instanceof WorkloadEntry entry) {
      return MeshWorkload.of(entry, settings.trustDomain());
    }
    return object instanceof Pod pod
        ? MeshWorkload.of(pod, settings.trustDomain())
        : Optional.empty();
  }

  private List<EndpointSlice> slices(ServiceDefinition definition) {
    MeshService service = definition.service();
    return objects(EndpointSlice.class, service.namespace()).stream()
        .filter(slice -> definition.isKubernetes())
        .filter(
            slice ->
                service.name().equals(slice.metadata().labels().get("kubernetes.io/service-name")))
        .sorted(Comparator.comparing(slice -> slice.metadata().name()))
        .toList();
  }

  @Override
  public MeshSettings settings() {
    return settings;
  }

  @Override
  public long revision() {
    return 0;
  }

  @Override
  public List<MeshService> services() {
    return merged.values().stream().map(MergedService::service).sorted(OLDEST_FIRST).toList();
  }

  @Override
  public Optional<MeshService> service(ServiceKey key) {
    return Optional.ofNullable(merged.get(key)).map(MergedService::service);
  }

  @Override
  public List<MeshService> servicesByHost(String host) {
    return services().stream().filter(service -> service.host().equals(host)).toList();
  }

  @Override
  public List<MeshEndpoint> endpoints(ServiceKey key) {
    MergedService service = merged.get(key);
    return service == null ? List.of() : service.usable(contributed.getOrDefault(key, List.of()));
  }

  @Override
  public List<ServiceTarget> targets(
      String namespace, String network, Collection<String> addresses) {
    List<String> canonical = addresses.stream().map(IpAddress::canonical).toList();
    Set<ServiceTarget> targets = new LinkedHashSet<>();
    for (MergedService each : merged.values()) {
      for (MeshEndpoint endpoint : contributed.getOrDefault(each.service().key(), List.of())) {
        if (endpoint.namespace().equals(namespace)
            && !endpoint.address().isEmpty()
            && canonical.contains(IpAddress.canonical(endpoint.address()))
            && (network.isEmpty() || Set.of("", network).contains(endpoint.network()))
            && endpoint.port() != 0) {
          MeshService service = each.service();
          targets.add(
              new ServiceTarget(
                  service, service.port(endpoint.servicePort()).orElseThrow(), endpoint.port()));
        }
      }
    }
    return targets.stream()
        .sorted(
            Comparator.comparingInt(ServiceTarget::targetPort)
                .thenComparing(ServiceTarget::service, OLDEST_FIRST)
                .thenComparing(target -> target.port().number()))
        .toList();
  }

  @Override
  public List<MeshWorkload> workloads(String namespace, Collection<String> addresses) {
    List<String> canonical = addresses.stream().map(IpAddress::canonical).toList();
    return all.stream()
        .filter(object -> object.metadata().namespace().equals(namespace))
        .flatMap(object -> workload(object).stream())
        .filter(MeshWorkload::hasAddress)
        .filter(workload -> canonical.contains(IpAddress.canonical(workload.address())))
        .map(networks()::place)
        .sorted(Comparator.comparing(MeshWorkload::id))
        .toList();
  }

  @Override
  public <T extends ConfigObject> List<T> objects(Class<T> kind) {
    return all.stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .sorted(Comparator.comparing((T object) -> Age.of(object.metadata())))
        .toList();
  }

  @Override
  public <T extends ConfigObject> List<T> objects(Class<T> kind, String namespace) {
    return objects(kind).stream()
        .filter(object -> object.metadata().namespace().equals(namespace))
        .toList();
  }

  @Override
  public Optional<ConfigObject> object(ConfigKey key) {
    return all.stream().filter(object -> object.key().equals(key)).findFirst();
  }

  @Override
  public Networks networks() {
    return Networks.of(
        objects(MeshNetworks.class, settings.rootNamespace()).stream()
            .findFirst()
            .map(MeshNetworks::spec)
            .orElse(MeshNetworksSpec.builder().build()),
        objects(Namespace.class).stream()
            .filter(it -> it.metadata().name().equals(settings.rootNamespace()))
            .findFirst()
            .map(root -> Map.of("", root))
            .orElse(Map.of()),
        objects(Service.class),
        settings.clusterDomain());
  }

  @Override
  public List<SourceStatus> sources() {
    return List.of();
  }

  @Override
  public List<Conflict> conflicts() {
    SortedSet<Conflict> found = new TreeSet<>();
    merged.values().forEach(each -> found.addAll(each.conflicts()));
    services().stream()
        .map(MeshService::host)
        .distinct()
        .forEach(host -> found.addAll(HostPrecedence.conflicts(servicesByHost(host))));
    return List.copyOf(found);
  }
}
