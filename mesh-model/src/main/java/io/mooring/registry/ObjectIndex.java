package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.service.Age;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * Answers which objects exist: by key, by kind, by kind and namespace. Immutable; a change shares
 * all but the touched branches.
 *
 * @param objectsByKey those that the whole mesh shares
 * @param objectsOfClusters those of which each cluster may have one, by key and cluster
 * @param indexByKind both
 */
record ObjectIndex(
    PMap<ConfigKey, ConfigObject> objectsByKey,
    PMap<ConfigKey, TreePMap<String, ConfigObject>> objectsOfClusters,
    TreePMap<String, KindIndex> indexByKind) {

  static final ObjectIndex EMPTY =
      new ObjectIndex(HashTreePMap.empty(), HashTreePMap.empty(), TreePMap.empty());

  /** The objects of one kind, oldest first. */
  private record KindIndex(
      TreePMap<Age, ConfigObject> objects,
      PMap<String, TreePMap<Age, ConfigObject>> objectsByNamespace) {

    static final KindIndex EMPTY = new KindIndex(TreePMap.empty(), HashTreePMap.empty());

    KindIndex plus(ConfigObject object, String cluster) {
      Age age = Age.of(object.metadata(), cluster);
      return new KindIndex(
          objects.plus(age, object),
          objectsByNamespace.plus(
              age.namespace(),
              objectsByNamespace
                  .getOrDefault(age.namespace(), TreePMap.<Age, ConfigObject>empty())
                  .plus(age, object)));
    }

    KindIndex minus(ConfigObject object, String cluster) {
      Age age = Age.of(object.metadata(), cluster);
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

  /** Returns the index after {@code change}. */
  ObjectIndex replace(ObjectChange change) {
    ObjectIndex result = this;
    if (change.older() != null) {
      result = result.minus(change.older().object(), change.slot());
    }
    return change.newer() == null ? result : result.plus(change.newer().object(), change.slot());
  }

  private ObjectIndex plus(ConfigObject object, Slot slot) {
    boolean shared = slot.cluster().isEmpty();
    KindIndex kind = indexByKind.getOrDefault(object.kind(), KindIndex.EMPTY);
    return new ObjectIndex(
        shared ? objectsByKey.plus(slot.key(), object) : objectsByKey,
        shared
            ? objectsOfClusters
            : objectsOfClusters.plus(
                slot.key(), ofClusters(slot.key()).plus(slot.cluster(), object)),
        indexByKind.plus(object.kind(), kind.plus(object, slot.cluster())));
  }

  private ObjectIndex minus(ConfigObject object, Slot slot) {
    KindIndex left =
        indexByKind.getOrDefault(object.kind(), KindIndex.EMPTY).minus(object, slot.cluster());
    TreePMap<String, ConfigObject> others = ofClusters(slot.key()).minus(slot.cluster());
    return new ObjectIndex(
        slot.cluster().isEmpty() ? objectsByKey.minus(slot.key()) : objectsByKey,
        others.isEmpty()
            ? objectsOfClusters.minus(slot.key())
            : objectsOfClusters.plus(slot.key(), others),
        left.objects().isEmpty()
            ? indexByKind.minus(object.kind())
            : indexByKind.plus(object.kind(), left));
  }

  private TreePMap<String, ConfigObject> ofClusters(ConfigKey key) {
    return objectsOfClusters.getOrDefault(key, TreePMap.<String, ConfigObject>empty());
  }

  /** Returns the object of a key; where several clusters have one, that of the first by name. */
  Optional<ConfigObject> object(ConfigKey key) {
    @Nullable ConfigObject shared = objectsByKey.get(key);
    return shared != null ? Optional.of(shared) : ofClusters(key).values().stream().findFirst();
  }

  /** Returns the object that a cluster has; for the empty one as {@link #object(ConfigKey)}. */
  Optional<ConfigObject> object(ConfigKey key, String cluster) {
    @Nullable ConfigObject own = ofClusters(key).get(cluster);
    return own != null || (!cluster.isEmpty() && !ofClusters(key).isEmpty())
        ? Optional.ofNullable(own)
        : object(key);
  }

  int size() {
    return indexByKind.values().stream().mapToInt(kind -> kind.objects().size()).sum();
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
