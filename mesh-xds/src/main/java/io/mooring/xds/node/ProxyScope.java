package io.mooring.xds.node;

import static java.util.Objects.requireNonNull;

import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.VirtualService;
import io.mooring.registry.MeshSettings;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.HostNames;
import io.mooring.service.HostPrecedence;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
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
 * <p>A proxy sees one service per host. Where several namespaces offer the host, {@link
 * HostPrecedence} decides.
 *
 * <p>It sees no service with resolution {@code DYNAMIC_DNS}: nothing can be translated of it, and
 * what no proxy knows passes through.
 */
public final class ProxyScope {

  private final RegistrySnapshot snapshot;
  private final String namespace;
  private final Policies policies;
  private volatile @Nullable List<MeshService> services;

  private ProxyScope(RegistrySnapshot snapshot, String namespace, Policies policies) {
    this.snapshot = snapshot;
    this.namespace = namespace;
    this.policies = policies;
  }

  /** Returns what proxies of {@code namespace} see of {@code snapshot}. */
  public static ProxyScope of(RegistrySnapshot snapshot, String namespace) {
    requireNonNull(snapshot, "snapshot");
    requireNonNull(namespace, "namespace");
    return new ProxyScope(snapshot, namespace, Policies.of(snapshot, namespace));
  }

  /**
   * Returns what the same proxies see of another snapshot. Takes over what has not changed, so that
   * a change of endpoints alone costs no walk over rules.
   */
  public ProxyScope of(RegistrySnapshot other) {
    return new ProxyScope(other, namespace, policies.of(other));
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

  /**
   * Returns the visible service of a host, or the one that the host is another name of; never one
   * whose host is a wildcard that covers it.
   */
  public Optional<MeshService> service(String host) {
    Optional<MeshService> winner = winner(snapshot.servicesByHost(host));
    return winner.flatMap(MeshService::aliasFor).isPresent()
        ? winner
            .flatMap(MeshService::aliasFor)
            .flatMap(other -> winner(snapshot.servicesByHost(other)))
            .filter(service -> service.aliasFor().isEmpty())
        : winner;
  }

  /** Returns the other names of a service by which proxies of this scope may call it. */
  public List<String> aliases(MeshService service) {
    return service.aliases().stream()
        .filter(
            alias ->
                winner(snapshot.servicesByHost(alias.host()))
                    .filter(winner -> winner.key().equals(alias))
                    .isPresent())
        .map(ServiceKey::host)
        .toList();
  }

  /** Returns the endpoints of a service, all ports. */
  public List<MeshEndpoint> endpoints(MeshService service) {
    return snapshot.endpoints(service.key());
  }

  /**
   * Returns what DestinationRules say of a service to a proxy of this scope.
   *
   * @param labels of the proxy: a rule may be for some proxies only
   */
  public Optional<DestinationPolicy> destinationPolicy(
      MeshService service, Map<String, String> labels) {
    return policies.destinationRules().find(namespace, labels, service);
  }

  /** Returns the VirtualServices that bind sidecars of this scope, in the order of precedence. */
  public List<VirtualService> virtualServices() {
    return policies.virtualServices().inOrder();
  }

  /**
   * Returns the VirtualService that shapes traffic to a host: the one that names it, else the one
   * with the longest wildcard that covers it.
   */
  public Optional<VirtualService> virtualService(String host) {
    return policies.virtualServices().find(host);
  }

  /**
   * Returns whether the labels of a proxy decide which rules are for it; else all proxies of the
   * scope have the same ones.
   */
  public boolean hasRulesByLabel() {
    return policies.byLabel();
  }

  /** Returns the full name of a host that an object of {@code owner} names. */
  public String complete(String host, String owner) {
    return HostNames.complete(host, owner, settings().clusterDomain());
  }

  private List<MeshService> winners() {
    Map<String, List<MeshService>> candidatesByHost = new HashMap<>();
    for (MeshService service : snapshot.services()) {
      candidatesByHost.computeIfAbsent(service.host(), host -> new ArrayList<>(1)).add(service);
    }
    Map<String, ServiceKey> winnerByHost = new HashMap<>();
    candidatesByHost.forEach(
        (host, candidates) ->
            winner(candidates)
                .filter(winner -> winner.aliasFor().isEmpty())
                .ifPresent(winner -> winnerByHost.put(host, winner.key())));
    return snapshot.services().stream()
        .filter(service -> service.key().equals(winnerByHost.get(service.host())))
        .toList();
  }

  private Optional<MeshService> winner(List<MeshService> oldestFirst) {
    return HostPrecedence.winner(
        oldestFirst.stream()
            .filter(service -> service.resolution() != Resolution.DYNAMIC_DNS)
            .toList(),
        namespace);
  }
}
