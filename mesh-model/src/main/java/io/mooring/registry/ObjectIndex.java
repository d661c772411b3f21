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
 */
record ObjectIndex(
    PMap<ConfigKey, ConfigObject> objectsByKey, TreePMap<String, KindIndex> indexByKind) {

  static final ObjectIndex EMPTY = new ObjectIndex(HashTreePMap.empty(), TreePMap.empty());

  /** The objects of one kind, oldest first. */
  private record KindIndex(
      TreePMap<Age, ConfigObject> objects,
      PMap<String, TreePMap<Age, ConfigObject>> objectsByNamespace) {

    static final KindIndex EMPTY = new KindIndex(TreePMap.empty(), HashTreePMap.empty());

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

  ObjectIndex replace(@Nullable ConfigObject older, @Nullable ConfigObject newer) {
    ObjectIndex result = older == null ? this : minus(older);
    return newer == null ? result : result.plus(newer);
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
