package io.mooring.xds.mesh;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.MeshSettings;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.SourceStatus;
import io.mooring.service.Conflict;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.service.MeshWorkload;
import io.mooring.service.Networks;
import io.mooring.service.ServiceKey;
import io.mooring.service.ServiceTarget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** A snapshot held in maps, for tests that need services without the objects that define them. */
public record TestSnapshot(
    Map<ServiceKey, MeshService> servicesByKey,
    Map<ServiceKey, List<MeshEndpoint>> endpointsByKey,
    Map<ConfigKey, ConfigObject> objectsByKey)
    implements RegistrySnapshot {

  public static TestSnapshot empty() {
    return new TestSnapshot(Map.of(), Map.of(), Map.of());
  }

  public TestSnapshot with(MeshService service, MeshEndpoint... endpoints) {
    Map<ServiceKey, MeshService> services = new TreeMap<>(servicesByKey);
    services.put(service.key(), service);
    Map<ServiceKey, List<MeshEndpoint>> all = new TreeMap<>(endpointsByKey);
    all.put(service.key(), List.of(endpoints));
    return new TestSnapshot(services, all, objectsByKey);
  }

  public TestSnapshot without(ServiceKey key) {
    Map<ServiceKey, MeshService> services = new TreeMap<>(servicesByKey);
    services.remove(key);
    Map<ServiceKey, List<MeshEndpoint>> all = new TreeMap<>(endpointsByKey);
    all.remove(key);
    return new TestSnapshot(services, all, objectsByKey);
  }

  public TestSnapshot with(ConfigObject object) {
    Map<ConfigKey, ConfigObject> objects = new TreeMap<>(objectsByKey);
    objects.put(object.key(), object);
    return new TestSnapshot(servicesByKey, endpointsByKey, objects);
  }

  public TestSnapshot without(ConfigKey key) {
    Map<ConfigKey, ConfigObject> objects = new TreeMap<>(objectsByKey);
    objects.remove(key);
    return new TestSnapshot(servicesByKey, endpointsByKey, objects);
  }

  /** Returns a mesh-internal STATIC service with one HTTP port, visible everywhere. */
  public static MeshService.Builder service(String host, String namespace, int port) {
    return service(host, namespace, new MeshPort(port, "http", Protocol.HTTP, OptionalInt.empty()));
  }

  /** Returns a mesh-internal STATIC service, visible everywhere. */
  public static MeshService.Builder service(String host, String namespace, MeshPort... ports) {
    return MeshService.builder()
        .host(host)
        .namespace(namespace)
        .name(host.split("\\.", 2)[0])
        .origin(MeshService.Origin.SERVICE_ENTRY)
        .addPorts(ports)
        .resolution(Resolution.STATIC)
        .meshExternal(false)
        .addExportTo("*");
  }

  /** Returns an endpoint of the first port of a service, identified by its service account. */
  public static MeshEndpoint.Builder endpoint(
      MeshService service, String address, String serviceAccount) {
    MeshPort port = service.ports().get(0);
    return MeshEndpoint.builder()
        .address(address)
        .port(port.targetPort().orElse(port.number()))
        .servicePort(port.number())
        .servicePortName(port.name())
        .namespace(service.namespace())
        .workloadName(service.name() + "-" + address)
        .tlsMode("istio")
        .identity(
            MeshSettings.DEFAULTS.trustDomain().workload(service.namespace(), serviceAccount));
  }

  @Override
  public long revision() {
    return 1;
  }

  @Override
  public MeshSettings settings() {
    return MeshSettings.DEFAULTS;
  }

  @Override
  public Collection<MeshService> services() {
    List<MeshService> services = new ArrayList<>(servicesByKey.values());
    services.sort(
        Comparator.comparing(
                (MeshService service) ->
                    service.creationTimestamp().orElse(java.time.Instant.EPOCH))
            .thenComparing(MeshService::name)
            .thenComparing(MeshService::namespace));
    return services;
  }

  @Override
  public Optional<MeshService> service(ServiceKey key) {
    return Optional.ofNullable(servicesByKey.get(key));
  }

  @Override
  public List<MeshService> servicesByHost(String host) {
    return services().stream().filter(service -> service.host().equals(host)).toList();
  }

  @Override
  public List<MeshEndpoint> endpoints(ServiceKey key) {
    return endpointsByKey.getOrDefault(key, List.of());
  }

  @Override
  public List<ServiceTarget> targets(
      String namespace, String network, Collection<String> addresses) {
    List<ServiceTarget> targets = new ArrayList<>();
    for (MeshService service : services()) {
      for (MeshEndpoint endpoint : endpoints(service.key())) {
        if (endpoint.namespace().equals(namespace) && addresses.contains(endpoint.address())) {
          targets.add(
              new ServiceTarget(
                  service, service.port(endpoint.servicePort()).orElseThrow(), endpoint.port()));
        }
      }
    }
    targets.sort(Comparator.comparing(ServiceTarget::targetPort));
    return targets;
  }

  @Override
  public List<MeshWorkload> workloads(String namespace, Collection<String> addresses) {
    return objects(WorkloadEntry.class, namespace).stream()
        .flatMap(entry -> MeshWorkload.of(entry, settings().trustDomain()).stream())
        .filter(workload -> addresses.contains(workload.address()))
        .toList();
  }

  @Override
  public <T extends ConfigObject> Collection<T> objects(Class<T> kind) {
    return objectsByKey.values().stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .sorted(
            Comparator.comparing(
                    (T object) ->
                        object.metadata().creationTimestamp().orElse(java.time.Instant.EPOCH))
                .thenComparing(object -> object.metadata().name())
                .thenComparing(object -> object.metadata().namespace()))
        .toList();
  }

  @Override
  public <T extends ConfigObject> Collection<T> objects(Class<T> kind, String namespace) {
    return objects(kind).stream()
        .filter(object -> object.metadata().namespace().equals(namespace))
        .toList();
  }

  @Override
  public Optional<ConfigObject> object(ConfigKey key) {
    return Optional.ofNullable(objectsByKey.get(key));
  }

  @Override
  public Networks networks() {
    return Networks.NONE;
  }

  @Override
  public List<SourceStatus> sources() {
    return List.of();
  }

  @Override
  public List<Conflict> conflicts() {
    return List.of();
  }
}
