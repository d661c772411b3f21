package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.service.Age;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * Answers which objects exist: by key, by kind, by kind and namespace. Immutable; a change shares
 * all but the touched branches.
 *
 * @param objectsBySlot all, by key and cluster
 * @param indexByKind all, by kind
 */
record ObjectIndex(
    TreePMap<Slot, ConfigObject> objectsBySlot, TreePMap<String, KindIndex> indexByKind) {

  static final ObjectIndex EMPTY = new ObjectIndex(TreePMap.empty(), TreePMap.empty());

  /** The objects of one kind, oldest first. */
  private record KindIndex(
      TreePMap<Age, ConfigObject> objects,
      PMap<String, TreePMap<Age, ConfigObject>> objectsByNamespace) {

    static final KindIndex EMPTY = new KindIndex(TreePMap.empty(), HashTreePMap.empty());

    static KindIndex of(List<Map.Entry<Age, ConfigObject>> entries) {
      TreePMap<Age, ConfigObject> objects = SortedEntries.toMap(entries);
      Map<String, List<Map.Entry<Age, ConfigObject>>> byNamespace = new HashMap<>();
      for (Map.Entry<Age, ConfigObject> entry : objects.entrySet()) { // sorted: so are its parts
        byNamespace
            .computeIfAbsent(entry.getKey().namespace(), same -> new ArrayList<>())
            .add(entry);
      }
      PMap<String, TreePMap<Age, ConfigObject>> shared = HashTreePMap.empty();
      for (Map.Entry<String, List<Map.Entry<Age, ConfigObject>>> entry : byNamespace.entrySet()) {
        shared = shared.plus(entry.getKey(), SortedEntries.toMap(entry.getValue()));
      }
      return new KindIndex(objects, shared);
    }

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

  /**
   * Returns the index after changes. So many that copying their branches costs more than building
   * everything anew, as when a source starts, make it anew.
   */
  ObjectIndex apply(List<ObjectChange> changes) {
    if (SortedEntries.isWorthIt(changes.size(), objectsBySlot.size())) {
      return rebuilt(changes);
    }
    ObjectIndex result = this;
    for (ObjectChange change : changes) {
      Slot slot = change.slot();
      result = change.older() == null ? result : result.minus(change.older().object(), slot);
      result = change.newer() == null ? result : result.plus(change.newer().object(), slot);
    }
    return result;
  }

  private ObjectIndex rebuilt(List<ObjectChange> changes) {
    Set<Slot> changed = new HashSet<>();
    List<Map.Entry<Slot, ConfigObject>> all = new ArrayList<>(changes.size());
    for (ObjectChange change : changes) {
      changed.add(change.slot());
      if (change.newer() != null) {
        all.add(Map.entry(change.slot(), change.newer().object()));
      }
    }
    for (Map.Entry<Slot, ConfigObject> old : objectsBySlot.entrySet()) {
      if (!changed.contains(old.getKey())) {
        all.add(old);
      }
    }
    Map<String, List<Map.Entry<Age, ConfigObject>>> byKind = new HashMap<>();
    for (Map.Entry<Slot, ConfigObject> entry : all) {
      ConfigObject object = entry.getValue();
      byKind
          .computeIfAbsent(object.kind(), same -> new ArrayList<>())
          .add(Map.entry(Age.of(object.metadata(), entry.getKey().cluster()), object));
    }
    TreePMap<String, KindIndex> kinds = TreePMap.empty();
    for (Map.Entry<String, List<Map.Entry<Age, ConfigObject>>> entry : byKind.entrySet()) {
      kinds = kinds.plus(entry.getKey(), KindIndex.of(entry.getValue()));
    }
    return new ObjectIndex(SortedEntries.toMap(all), kinds);
  }

  private ObjectIndex plus(ConfigObject object, Slot slot) {
    KindIndex kind = indexByKind.getOrDefault(object.kind(), KindIndex.EMPTY);
    return new ObjectIndex(
        objectsBySlot.plus(slot, object),
        indexByKind.plus(object.kind(), kind.plus(object, slot.cluster())));
  }

  private ObjectIndex minus(ConfigObject object, Slot slot) {
    KindIndex left =
        indexByKind.getOrDefault(object.kind(), KindIndex.EMPTY).minus(object, slot.cluster());
    return new ObjectIndex(
        objectsBySlot.minus(slot),
        left.objects().isEmpty()
            ? indexByKind.minus(object.kind())
            : indexByKind.plus(object.kind(), left));
  }

  /** Returns the object of a key; where several clusters have one, that of the first by name. */
  Optional<ConfigObject> object(ConfigKey key) {
    return from(new Slot(key, "")).map(Map.Entry::getValue);
  }

  /**
   * Returns the object that a cluster has, or that the whole mesh shares; for the empty cluster as
   * {@link #object(ConfigKey)}.
   */
  Optional<ConfigObject> object(ConfigKey key, String cluster) {
    @Nullable ConfigObject own = objectsBySlot.get(new Slot(key, cluster));
    if (own != null) {
      return Optional.of(own);
    }
    return from(new Slot(key, ""))
        .filter(first -> cluster.isEmpty() || first.getKey().cluster().isEmpty())
        .map(Map.Entry::getValue);
  }

  /** Returns the objects of a key by cluster. */
  <T extends ConfigObject> SortedMap<String, T> byCluster(Class<T> type, ConfigKey key) {
    SortedMap<String, T> found = new TreeMap<>();
    Slot first = new Slot(key, "");
    for (Map.Entry<Slot, ConfigObject> entry : objectsBySlot.tailMap(first).entrySet()) {
      if (!entry.getKey().key().equals(key)) {
        break;
      }
      found.put(entry.getKey().cluster(), type.cast(entry.getValue()));
    }
    return found;
  }

  /** Returns what stands first at or after a slot, if it has the slot's key. */
  private Optional<Map.Entry<Slot, ConfigObject>> from(Slot slot) {
    return Optional.ofNullable(objectsBySlot.ceilingEntry(slot))
        .filter(entry -> entry.getKey().key().equals(slot.key()));
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
