package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.service.Age;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * Answers which objects exist: by key, by kind, by kind and namespace. Immutable; a change shares
 * all but the touched branches.
 */
record ObjectIndex(
    TreePMap<ConfigKey, ConfigObject> objectsByKey, TreePMap<String, KindIndex> indexByKind) {

  static final ObjectIndex EMPTY = new ObjectIndex(TreePMap.empty(), TreePMap.empty());
  private static final int LARGE = 1024; // changes; below, even an empty index takes them singly

  /** The objects of one kind, oldest first. */
  private record KindIndex(
      TreePMap<Age, ConfigObject> objects,
      PMap<String, TreePMap<Age, ConfigObject>> objectsByNamespace) {

    static final KindIndex EMPTY = new KindIndex(TreePMap.empty(), HashTreePMap.empty());

    static KindIndex of(TreeMap<Age, ConfigObject> objects) {
      Map<String, TreeMap<Age, ConfigObject>> byNamespace = new HashMap<>();
      objects.forEach(
          (age, object) ->
              byNamespace
                  .computeIfAbsent(age.namespace(), same -> new TreeMap<>())
                  .put(age, object));
      PMap<String, TreePMap<Age, ConfigObject>> shared = HashTreePMap.empty();
      for (Map.Entry<String, TreeMap<Age, ConfigObject>> entry : byNamespace.entrySet()) {
        shared = shared.plus(entry.getKey(), TreePMap.fromSortedMap(entry.getValue()));
      }
      return new KindIndex(TreePMap.fromSortedMap(objects), shared);
    }

    KindIndex plus(ConfigObject object) {
      Age age = Age.of(object.metadata());
      return new KindIndex(
          objects.plus(age, object),
          objectsByNamespace.plus(
              age.namespace(),
              objectsByNamespace
                  .getOrDefault(age.namespace(), TreePMap.<Age, ConfigObject>empty())
                  .plus(age, object)));
    }

    KindIndex minus(ConfigObject object) {
      Age age = Age.of(object.metadata());
      TreePMap<Age, ConfigObject> left =
          objectsByNamespace
              .getOrDefault(age.namespace(), TreePMap.<Age, ConfigObject>empty())
              .minus(age);
      return new KindIndex(
          objects.minus(age),
          left.isEmpty()
              ? objectsByNamespace.minus(age.namespace())
              : objectsByNamespace.plus(age.namespace(), left));
    }

    Collection<ConfigObject> in(String namespace) {
      return objectsByNamespace
          .getOrDefault(namespace, TreePMap.<Age, ConfigObject>empty())
          .values();
    }

    boolean holds(Class<? extends ConfigObject> type) {
      return type.isInstance(objects.firstEntry().getValue());
    }
  }

  /**
   * Returns the index after changes. So many that copying their branches costs more than building
   * everything anew, as when a source starts, make it anew.
   */
  ObjectIndex apply(List<ObjectChange> changes) {
    if (changes.size() >= LARGE && changes.size() >= objectsByKey.size() / 8) {
      return rebuilt(changes);
    }
    ObjectIndex result = this;
    for (ObjectChange change : changes) {
      result = change.older() == null ? result : result.minus(change.older().object());
      result = change.newer() == null ? result : result.plus(change.newer().object());
    }
    return result;
  }

  private ObjectIndex rebuilt(List<ObjectChange> changes) {
    TreeMap<ConfigKey, ConfigObject> all = new TreeMap<>(objectsByKey);
    for (ObjectChange change : changes) {
      if (change.newer() == null) {
        all.remove(change.key());
      } else {
        all.put(change.key(), change.newer().object());
      }
    }
    Map<String, TreeMap<Age, ConfigObject>> byKind = new TreeMap<>();
    for (ConfigObject object : all.values()) {
      byKind
          .computeIfAbsent(object.kind(), same -> new TreeMap<>())
          .put(Age.of(object.metadata()), object);
    }
    TreePMap<String, KindIndex> kinds = TreePMap.empty();
    for (Map.Entry<String, TreeMap<Age, ConfigObject>> entry : byKind.entrySet()) {
      kinds = kinds.plus(entry.getKey(), KindIndex.of(entry.getValue()));
    }
    return new ObjectIndex(TreePMap.fromSortedMap(all), kinds);
  }

  private ObjectIndex plus(ConfigObject object) {
    KindIndex kind = indexByKind.getOrDefault(object.kind(), KindIndex.EMPTY);
    return new ObjectIndex(
        objectsByKey.plus(object.key(), object),
        indexByKind.plus(object.kind(), kind.plus(object)));
  }

  private ObjectIndex minus(ConfigObject object) {
    KindIndex left = indexByKind.getOrDefault(object.kind(), KindIndex.EMPTY).minus(object);
    return new ObjectIndex(
        objectsByKey.minus(object.key()),
        left.objects().isEmpty()
            ? indexByKind.minus(object.kind())
            : indexByKind.plus(object.kind(), left));
  }

  Optional<ConfigObject> object(ConfigKey key) {
    return Optional.ofNullable(objectsByKey.get(key));
  }

  <T extends ConfigObject> Collection<T> objects(Class<T> type) {
    List<KindIndex> kinds = indexByKind.values().stream().filter(kind -> kind.holds(type)).toList();
    return kinds.size() == 1
        ? typed(kinds.get(0).objects().values())
        : kinds.stream().flatMap(kind -> kind.objects().values().stream()).map(type::cast).toList();
  }

  <T extends ConfigObject> Collection<T> objects(Class<T> type, String namespace) {
    List<KindIndex> kinds = indexByKind.values().stream().filter(kind -> kind.holds(type)).toList();
    return kinds.size() == 1
        ? typed(kinds.get(0).in(namespace))
        : kinds.stream().flatMap(kind -> kind.in(namespace).stream()).map(type::cast).toList();
  }

  @SuppressWarnings("unchecked") // one kind has one type, see KindIndex.holds
  private static <T extends ConfigObject> Collection<T> typed(Collection<ConfigObject> objects) {
    return (Collection<T>) objects;
  }
}
