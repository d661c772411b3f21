package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.service.Conflict;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.MeshWorkload;
import io.mooring.service.Networks;
import io.mooring.service.ServiceKey;
import io.mooring.service.ServiceTarget;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A snapshot that shares what did not change with the one before. Immutable. */
record PersistentSnapshot(
    long revision,
    MeshSettings settings,
    ObjectIndex objects,
    ServiceIndex serviceIndex,
    AddressIndex<Contribution, List<MeshEndpoint>> endpointsAt,
    AddressIndex<String, MeshWorkload> workloadsAt,
    Networks networks,
    List<SourceStatus> sources,
    ConflictReport conflictReport)
    implements RegistrySnapshot {

  /** The endpoints that one workload contributes to one service. */
  record Contribution(ServiceKey service, EndpointPosition position)
      implements Comparable<Contribution> {

    @Override
    public int compareTo(Contribution other) {
      int order = service.compareTo(other.service);
      return order == 0 ? position.compareTo(other.position) : order;
    }
  }

  private static final Comparator<ServiceTarget> TARGET_ORDER =
      Comparator.comparingInt(ServiceTarget::targetPort)
          .thenComparing(target -> ServiceIndex.Rank.of(target.service()))
          .thenComparing(target -> target.port().number());

  @Override
  public Collection<MeshService> services() {
    return serviceIndex.all();
  }

  @Override
  public Optional<MeshService> service(ServiceKey key) {
    return Optional.ofNullable(serviceIndex.view(key)).map(ServiceView::service);
  }

  @Override
  public List<MeshService> servicesByHost(String host) {
    return serviceIndex.byHost(host);
  }

  @Override
  public List<MeshEndpoint> endpoints(ServiceKey key) {
    ServiceView view = serviceIndex.view(key);
    return view == null ? List.of() : view.endpoints();
  }

  @Override
  public List<ServiceTarget> targets(
      String namespace, String network, Collection<String> addresses) {
    Set<ServiceTarget> targets = new LinkedHashSet<>();
    for (String address : addresses) {
      for (Map.Entry<Contribution, List<MeshEndpoint>> contribution :
          endpointsAt.at(namespace, address).entrySet()) {
        ServiceView view = serviceIndex.view(contribution.getKey().service());
        if (view != null) {
          contribution.getValue().stream()
              .filter(endpoint -> endpoint.isOnNetworkOf(network))
              .forEach(endpoint -> target(view, endpoint).ifPresent(targets::add));
        }
      }
    }
    return targets.stream().sorted(TARGET_ORDER).toList();
  }

  @Override
  public List<MeshWorkload> workloads(String namespace, Collection<String> addresses) {
    return addresses.stream()
        .flatMap(address -> workloadsAt.at(namespace, address).values().stream())
        .distinct() // one address in two notations
        .map(networks::place)
        .sorted(Comparator.comparing(MeshWorkload::id))
        .toList();
  }

  /** A workload behind a Unix socket has no port that its proxy could listen for. */
  private static Optional<ServiceTarget> target(ServiceView view, MeshEndpoint endpoint) {
    return endpoint.port() == 0
        ? Optional.empty()
        : view.service()
            .port(endpoint.servicePort())
            .map(port -> new ServiceTarget(view.service(), port, endpoint.port()));
  }

  @Override
  public <T extends ConfigObject> Collection<T> objects(Class<T> kind) {
    return objects.objects(kind);
  }

  @Override
  public <T extends ConfigObject> Collection<T> objects(Class<T> kind, String namespace) {
    return objects.objects(kind, namespace);
  }

  @Override
  public Optional<ConfigObject> object(ConfigKey key) {
    return objects.object(key);
  }

  @Override
  public List<Conflict> conflicts() {
    return conflictReport.conflicts();
  }

  @Override
  public String toString() {
    return "RegistrySnapshot[revision="
        + revision
        + ", objects="
        + objects.size()
        + ", services="
        + serviceIndex.services().size()
        + "]";
  }
}
