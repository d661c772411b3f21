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
import java.util.List;
import java.util.Optional;

/**
 * The whole registry at one revision. Immutable.
 *
 * <p>Every list is in a fixed order that depends on the content alone: objects and services oldest
 * first (creation time, then name, then namespace), endpoints by port, then inline position or
 * workload namespace and name.
 */
public interface RegistrySnapshot {

  /**
   * Returns the revision; it rises by at least 1 with every change and is no part of the content.
   */
  long revision();

  /** Returns what holds for the whole mesh. */
  MeshSettings settings();

  /** Returns every service, oldest first. */
  Collection<MeshService> services();

  /** Returns the service with this key. */
  Optional<MeshService> service(ServiceKey key);

  /**
   * Returns the services of this host in all namespaces, oldest first; of one namespace several
   * where its objects export the host to different namespaces.
   */
  List<MeshService> servicesByHost(String host);

  /**
   * Returns the endpoints of a service, all ports.
   *
   * @return empty where the service is unknown or has none
   */
  List<MeshEndpoint> endpoints(ServiceKey key);

  /**
   * Returns what a proxy serves: the ports of services that have an endpoint in its namespace at
   * one of its addresses.
   *
   * <p>Two networks may use the same addresses: an endpoint that says its network is that of a
   * proxy only where the proxy says the same one, or none. Istio goes by address and namespace
   * alone, so that one VM answers for another (istio/istio#34573).
   *
   * @param namespace namespace of the proxy
   * @param network network of the proxy; empty where it says none
   * @param addresses IPs of the proxy
   * @return by ascending target port, then oldest service first
   */
  List<ServiceTarget> targets(String namespace, String network, Collection<String> addresses);

  /**
   * Returns the workloads that pods and WorkloadEntries describe at one of these addresses,
   * selected by a service or not.
   *
   * @param namespace namespace of the workloads
   * @param addresses IPs, in any notation
   * @return by id: pods before entries, then by name
   */
  List<MeshWorkload> workloads(String namespace, Collection<String> addresses);

  /** Returns the networks of the mesh: who is in them, and where others enter. */
  Networks networks();

  /** Returns every accepted object of a kind, oldest first. */
  <T extends ConfigObject> Collection<T> objects(Class<T> kind);

  /** Returns every accepted object of a kind in one namespace, oldest first. */
  <T extends ConfigObject> Collection<T> objects(Class<T> kind, String namespace);

  /**
   * Returns the object with this key. Several clusters may have a Service, a Pod or an
   * EndpointSlice of one key: then this is that of the first cluster by name, and {@link #objects}
   * has all.
   */
  Optional<ConfigObject> object(ConfigKey key);

  /** Returns how the registry stands with each source, those first whose objects win. */
  List<SourceStatus> sources();

  /**
   * Returns every contradiction among the objects: which one wins, which one loses, and why.
   *
   * <p>Costs a walk over all services the first time it is called on a snapshot.
   *
   * @return in the order of {@link Conflict}
   */
  List<Conflict> conflicts();
}
