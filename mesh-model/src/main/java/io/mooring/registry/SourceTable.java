package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what every source said, and which object of a key counts: that of the first source that
 * has one. Confined to the registry writer.
 */
final class SourceTable {

  private final MeshSettings settings;
  private final List<Map<ConfigKey, AcceptedObject>> objectsBySource = new ArrayList<>();
  private final Map<ConfigKey, @Nullable AcceptedObject> undo = new TreeMap<>();

  SourceTable(MeshSettings settings, int sources) {
    this.settings = settings;
    for (int i = 0; i < sources; i++) {
      objectsBySource.add(new HashMap<>());
    }
  }

  /** Is told of objects that are refused; what the source said of their key before stays. */
  interface RejectionHandler {
    void rejected(ConfigKey key, IllegalArgumentException reason);

    void settled(ConfigKey key);
  }

  /**
   * Applies a batch of one source, and returns what it changes for the mesh as a whole, by key. An
   * equal object is no change.
   */
  List<ObjectChange> apply(int source, List<RegistryEvent> batch, RejectionHandler rejections) {
    Map<ConfigKey, @Nullable AcceptedObject> olderByKey = new TreeMap<>();
    undo.clear();
    for (RegistryEvent event : batch) {
      if (event instanceof RegistryEvent.Upsert upsert) {
        upsert(source, upsert.object(), olderByKey, rejections);
      } else if (event instanceof RegistryEvent.Delete delete) {
        remember(source, delete.key(), olderByKey);
        objectsBySource.get(source).remove(delete.key());
        rejections.settled(delete.key());
      }
    }
    List<ObjectChange> changes = new ArrayList<>();
    olderByKey.forEach(
        (key, older) -> {
          AcceptedObject newer = winner(key);
          if (!Objects.equals(older, newer)) {
            changes.add(new ObjectChange(key, older, newer));
          }
        });
    return changes;
  }

  /** Takes back the batch that was applied last, and returns the keys that it had touched. */
  Set<ConfigKey> undo(int source) {
    Map<ConfigKey, AcceptedObject> objects = objectsBySource.get(source);
    undo.forEach(
        (key, older) -> {
          if (older == null) {
            objects.remove(key);
          } else {
            objects.put(key, older);
          }
        });
    Set<ConfigKey> touched = new TreeSet<>(undo.keySet());
    undo.clear();
    return touched;
  }

  /** Returns the changes that make what counts now out of nothing, by key. */
  List<ObjectChange> fromNothing() {
    Set<ConfigKey> keys = new TreeSet<>();
    objectsBySource.forEach(objects -> keys.addAll(objects.keySet()));
    return keys.stream().map(key -> new ObjectChange(key, null, winner(key))).toList();
  }

  private void upsert(
      int source,
      ConfigObject object,
      Map<ConfigKey, @Nullable AcceptedObject> olderByKey,
      RejectionHandler rejections) {
    ConfigKey key = object.key();
    AcceptedObject known = objectsBySource.get(source).get(key);
    if (known != null && known.object().equals(object)) {
      rejections.settled(key);
      return;
    }
    try {
      AcceptedObject accepted = AcceptedObject.of(object, settings);
      remember(source, key, olderByKey);
      objectsBySource.get(source).put(key, accepted);
      rejections.settled(key);
    } catch (IllegalArgumentException e) {
      rejections.rejected(key, e);
    }
  }

  /** Notes what was there before the batch touched {@code key}; that may be nothing. */
  private void remember(
      int source, ConfigKey key, Map<ConfigKey, @Nullable AcceptedObject> olderByKey) {
    if (!olderByKey.containsKey(key)) { // not putIfAbsent: it takes null for absent
      olderByKey.put(key, winner(key));
      undo.put(key, objectsBySource.get(source).get(key));
    }
  }

  private @Nullable AcceptedObject winner(ConfigKey key) {
    for (Map<ConfigKey, AcceptedObject> objects : objectsBySource) {
      AcceptedObject object = objects.get(key);
      if (object != null) {
        return object;
      }
    }
    return null;
  }
}
