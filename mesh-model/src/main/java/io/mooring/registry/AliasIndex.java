package io.mooring.registry;

import io.mooring.service.Conflict;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Answers which ExternalName Services are other names of services of the mesh. Confined to the
 * registry writer.
 *
 * <p>An alias of an alias is one of what that stands for. Aliases that lead in a circle, or out of
 * the mesh, are none: there DNS decides.
 */
final class AliasIndex {

  private final SortedMap<ServiceKey, MeshService> externalNames = new TreeMap<>();
  private Map<ServiceKey, String> hostByAlias = new HashMap<>();
  private Map<String, List<ServiceKey>> aliasesByHost = new HashMap<>();
  private List<Conflict> circles = List.of();

  /** Returns {@code service} with what is known of its aliases, or of what it is one of. */
  MeshService decorate(MeshService service) {
    Optional<String> aliasFor = Optional.ofNullable(hostByAlias.get(service.key()));
    List<ServiceKey> aliases =
        aliasFor.isPresent() ? List.of() : aliasesByHost.getOrDefault(service.host(), List.of());
    return aliasFor.isEmpty() && aliases.isEmpty()
        ? service
        : MeshService.builder().from(service).aliasFor(aliasFor).aliases(aliases).build();
  }

  /** Returns the aliases that lead in a circle. */
  Collection<Conflict> circles() {
    return circles;
  }

  /**
   * Takes in that services were made or removed, and returns those that now have other aliases or
   * are one of something else. Costs what there is of ExternalName Services.
   */
  Set<ServiceKey> update(Set<ServiceKey> remade, ServiceIndex services) {
    for (ServiceKey key : remade) {
      externalNames.remove(key);
      @Nullable ServiceView view = services.view(key);
      if (view != null && view.service().externalName().isPresent()) {
        externalNames.put(key, view.service());
      }
    }
    if (externalNames.isEmpty() && hostByAlias.isEmpty()) {
      return Set.of();
    }
    Map<ServiceKey, String> hostBefore = hostByAlias;
    Map<String, List<ServiceKey>> aliasesBefore = aliasesByHost;
    resolve(services);
    Set<ServiceKey> changed = new TreeSet<>();
    differing(hostBefore, hostByAlias).forEach(changed::add);
    for (String host : differing(aliasesBefore, aliasesByHost)) {
      services.byHost(host).forEach(service -> changed.add(service.key()));
    }
    return changed;
  }

  private void resolve(ServiceIndex services) {
    hostByAlias = new HashMap<>();
    aliasesByHost = new HashMap<>();
    List<Conflict> found = new ArrayList<>();
    externalNames.forEach(
        (key, alias) -> {
          Set<String> seen = new LinkedHashSet<>(Set.of(alias.host()));
          MeshService at = alias;
          while (true) {
            String next = at.externalName().orElseThrow();
            if (!seen.add(next)) {
              found.add(circle(alias, at));
              return;
            }
            List<MeshService> ofHost = services.byHost(next);
            if (ofHost.isEmpty()) {
              return;
            }
            if (ofHost.stream().anyMatch(service -> service.externalName().isEmpty())) {
              hostByAlias.put(key, next);
              aliasesByHost.computeIfAbsent(next, host -> new ArrayList<>()).add(key);
              return;
            }
            at = ofHost.get(0);
          }
        });
    circles = List.copyOf(found);
  }

  private static Conflict circle(MeshService alias, MeshService last) {
    return new Conflict(
        Conflict.Kind.ALIAS,
        alias.host(),
        last.definedBy(),
        alias.definedBy(),
        "externalName: '%s' leads in a circle (expected: a service or a name outside the mesh)"
            .formatted(alias.externalName().orElse("")));
  }

  private static <K extends Comparable<K>, V> Set<K> differing(Map<K, V> one, Map<K, V> other) {
    Set<K> keys = new TreeSet<>(one.keySet());
    keys.addAll(other.keySet());
    keys.removeIf(key -> one.containsKey(key) && one.get(key).equals(other.get(key)));
    return keys;
  }
}
