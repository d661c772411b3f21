package io.mooring.registry;

import io.mooring.service.Age;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * Answers which services exist: by key, by host, all. Immutable; a change shares all but the
 * touched branches.
 */
record ServiceIndex(
    PMap<ServiceKey, ServiceView> viewsByKey,
    PMap<String, TreePMap<Rank, MeshService>> servicesByHost,
    TreePMap<Rank, MeshService> services) {

  static final ServiceIndex EMPTY =
      new ServiceIndex(HashTreePMap.empty(), HashTreePMap.empty(), TreePMap.empty());

  /**
   * Where a service stands among all, oldest first; one object may define several hosts, and
   * objects of one key in several clusters services for several audiences.
   */
  record Rank(Age age, String host, String audience) implements Comparable<Rank> {
    private static final Comparator<Rank> ORDER =
        Comparator.comparing(Rank::age).thenComparing(Rank::host).thenComparing(Rank::audience);

    static Rank of(MeshService service) {
      return new Rank(Age.of(service), service.host(), service.audience());
    }

    @Override
    public int compareTo(Rank other) {
      return ORDER.compare(this, other);
    }
  }

  /** Returns the index after {@code newer} took the place of {@code older}. */
  ServiceIndex replace(@Nullable ServiceView older, @Nullable ServiceView newer) {
    if (older != null && newer != null && older.service().equals(newer.service())) {
      return new ServiceIndex(
          viewsByKey.plus(newer.service().key(), newer), servicesByHost, services);
    }
    ServiceIndex result = older == null ? this : minus(older.service());
    return newer == null ? result : result.plus(newer);
  }

  /** Returns the index with {@code newer}, after {@code older} made room for it. */
  ServiceIndex replace(Collection<ServiceView> older, Collection<ServiceView> newer) {
    if (older.size() <= 1 && newer.size() <= 1) {
      return replace(only(older), only(newer));
    }
    ServiceIndex result = this; // all leave first: one may take over the rank of another
    for (ServiceView view : older) {
      result = result.minus(view.service());
    }
    for (ServiceView view : newer) {
      result = result.plus(view);
    }
    return result;
  }

  private static @Nullable ServiceView only(Collection<ServiceView> views) {
    return views.isEmpty() ? null : views.iterator().next();
  }

  private ServiceIndex plus(ServiceView view) {
    MeshService service = view.service();
    Rank rank = Rank.of(service);
    return new ServiceIndex(
        viewsByKey.plus(service.key(), view),
        servicesByHost.plus(service.host(), ofHost(service.host()).plus(rank, service)),
        services.plus(rank, service));
  }

  private ServiceIndex minus(MeshService service) {
    Rank rank = Rank.of(service);
    TreePMap<Rank, MeshService> left = ofHost(service.host()).minus(rank);
    return new ServiceIndex(
        viewsByKey.minus(service.key()),
        left.isEmpty()
            ? servicesByHost.minus(service.host())
            : servicesByHost.plus(service.host(), left),
        services.minus(rank));
  }

  private TreePMap<Rank, MeshService> ofHost(String host) {
    return servicesByHost.getOrDefault(host, TreePMap.<Rank, MeshService>empty());
  }

  @Nullable ServiceView view(ServiceKey key) {
    return viewsByKey.get(key);
  }

  Collection<MeshService> all() {
    return services.values();
  }

  List<MeshService> byHost(String host) {
    return List.copyOf(ofHost(host).values());
  }
}
