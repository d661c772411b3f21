package io.mooring.xds.node;

import static java.util.Objects.requireNonNull;

import io.mooring.registry.MeshSettings;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the proxies of one namespace may see of one snapshot. Immutable; all proxies of the
 * namespace share it. Nothing is computed before it is asked for, so that a change of one service
 * does not cost a walk over all.
 *
 * <p>A proxy sees one service per host. Where several namespaces offer the host, its own namespace
 * wins, then a Kubernetes Service, then one exported to this namespace by name, then the oldest.
 */
public final class ProxyScope {

  private final RegistrySnapshot snapshot;
  private final String namespace;
  private volatile @Nullable List<MeshService> services;

  private ProxyScope(RegistrySnapshot snapshot, String namespace) {
    this.snapshot = requireNonNull(snapshot, "snapshot");
    this.namespace = requireNonNull(namespace, "namespace");
  }

  /** Returns what proxies of {@code namespace} see of {@code snapshot}. */
  public static ProxyScope of(RegistrySnapshot snapshot, String namespace) {
    return new ProxyScope(snapshot, namespace);
  }

  /** Returns the namespace of the proxies. */
  public String namespace() {
    return namespace;
  }

  /** Returns the snapshot, whole: also what the proxies do not see. */
  public RegistrySnapshot snapshot() {
    return snapshot;
  }

  /** Returns what holds for the whole mesh. */
  public MeshSettings settings() {
    return snapshot.settings();
  }

  /** Returns every visible service, one per host, oldest first. */
  public List<MeshService> services() {
    @Nullable List<MeshService> known = services;
    if (known == null) {
      known = winners();
      services = known;
    }
    return known;
  }

  /** Returns the visible service of a host; never one whose host is a wildcard that covers it. */
  public Optional<MeshService> service(String host) {
    return winner(snapshot.servicesByHost(host));
  }

  /** Returns the endpoints of a service, all ports. */
  public List<MeshEndpoint> endpoints(MeshService service) {
    return snapshot.endpoints(service.key());
  }

  private List<MeshService> winners() {
    Map<String, List<MeshService>> candidatesByHost = new HashMap<>();
    for (MeshService service : snapshot.services()) {
      candidatesByHost.computeIfAbsent(service.host(), host -> new ArrayList<>(1)).add(service);
    }
    Map<String, ServiceKey> winnerByHost = new HashMap<>();
    candidatesByHost.forEach(
        (host, candidates) ->
            winner(candidates).ifPresent(winner -> winnerByHost.put(host, winner.key())));
    return snapshot.services().stream()
        .filter(service -> service.key().equals(winnerByHost.get(service.host())))
        .toList();
  }

  private Optional<MeshService> winner(List<MeshService> oldestFirst) {
    // A stable minimum: of equals the first, which is the oldest, wins.
    return oldestFirst.stream()
        .filter(service -> service.isVisibleIn(namespace))
        .min(Comparator.comparingInt(this::rank));
  }

  private int rank(MeshService service) {
    if (service.namespace().equals(namespace)) {
      return 0;
    }
    int origin = service.origin() == MeshService.Origin.KUBERNETES_SERVICE ? 1 : 3;
    return service.exportTo().contains("*") ? origin + 1 : origin;
  }
}
