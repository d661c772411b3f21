package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.service.Conflict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Remembers what every source said, and which object of a slot counts: that of the first source
 * that has one. Confined to the registry writer.
 */
final class SourceTable {

  private static final int LARGE = 1024; // events; below, threads cost more than they bring

  private final MeshSettings settings;
  private final List<Origin> sources;
  private final List<Map<ConfigKey, AcceptedObject>> objectsBySource = new ArrayList<>();
  private Map<ConfigKey, Touched> touched = Map.of(); // by the batch that was applied last
  private PMap<ConfigKey, List<Conflict>> overridden = HashTreePMap.empty();

  /** What a source is called, and the cluster that it speaks for. */
  record Origin(String name, String cluster) {}

  SourceTable(MeshSettings settings, List<Origin> sources) {
    this.settings = settings;
    this.sources = List.copyOf(sources);
    for (int i = 0; i < sources.size(); i++) {
      objectsBySource.add(new HashMap<>());
    }
  }

  /** What was there before a batch touched a key: of its source, and of all. */
  private record Touched(
      Slot slot, @Nullable AcceptedObject ofSource, @Nullable AcceptedObject winner) {}

  /** Is told of objects that are refused; what the source said of their key before stays. */
  interface RejectionHandler {
    void rejected(ConfigKey key, IllegalArgumentException reason);

    void settled(ConfigKey key);
  }

  /**
   * Applies a batch of one source, and returns what it changes for the mesh as a whole, by slot. An
   * equal object is no change.
   */
  List<ObjectChange> apply(int source, List<RegistryEvent> batch, RejectionHandler rejections) {
    touched = new HashMap<>(2 * batch.size());
    List<Acceptance> acceptances = acceptTogether(source, batch);
    for (int i = 0; i < batch.size(); i++) {
      RegistryEvent event = batch.get(i);
      if (event instanceof RegistryEvent.Upsert upsert) {
        upsert(
            source,
            upsert.object(),
            acceptances.isEmpty() ? Acceptance.NONE : acceptances.get(i),
            rejections);
      } else if (event instanceof RegistryEvent.Delete delete) {
        remember(slot(source, delete.key()), source);
        objectsBySource.get(source).remove(delete.key());
        rejections.settled(delete.key());
      }
    }
    List<ObjectChange> changes = new ArrayList<>(touched.size());
    for (Touched before : sorted(touched.values())) {
      AcceptedObject newer = winner(before.slot());
      if (!Objects.equals(before.winner(), newer)) {
        changes.add(new ObjectChange(before.slot(), before.winner(), newer));
      }
      if (sources.size() > 1) {
        compareSources(before.slot().key());
      }
    }
    return changes;
  }

  /** A part for each namespace, then each part by itself: what are compared often are names. */
  private static List<Touched> sorted(Collection<Touched> touched) {
    if (touched.size() < LARGE) {
      return touched.stream().sorted(Comparator.comparing(Touched::slot)).toList();
    }
    return touched.stream()
        .collect(Collectors.groupingBy(it -> namespaceOf(it.slot().key())))
        .entrySet()
        .parallelStream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(part -> part.getValue().stream().sorted(Comparator.comparing(Touched::slot)))
        .toList();
  }

  private static ConfigKey namespaceOf(ConfigKey key) {
    return new ConfigKey(key.kind(), key.namespace(), "");
  }

  /** What became of an object on its own: it, or why it was refused. */
  private record Acceptance(
      @Nullable AcceptedObject object, @Nullable IllegalArgumentException refusal) {

    /** Nobody has looked at it. */
    static final Acceptance NONE = new Acceptance(null, null);

    boolean isNone() {
      return object == null && refusal == null;
    }
  }

  /**
   * Accepts the new objects of a large batch on all processors: it is the larger part of the work,
   * and asks nothing of the table. Empty for a small one.
   */
  private List<Acceptance> acceptTogether(int source, List<RegistryEvent> batch) {
    if (batch.size() < LARGE) {
      return List.of();
    }
    Map<ConfigKey, AcceptedObject> known = objectsBySource.get(source);
    return batch.parallelStream()
        .map(
            event -> {
              if (!(event instanceof RegistryEvent.Upsert upsert)) {
                return Acceptance.NONE;
              }
              AcceptedObject before = known.get(upsert.object().key());
              return before != null && before.object().equals(upsert.object())
                  ? Acceptance.NONE
                  : accept(source, upsert.object());
            })
        .toList();
  }

  private Acceptance accept(int source, ConfigObject object) {
    try {
      return new Acceptance(
          AcceptedObject.of(object, settings, sources.get(source).cluster()), null);
    } catch (IllegalArgumentException e) {
      return new Acceptance(null, e);
    }
  }

  /** Returns the conflicts of sources that hold different objects of one key. */
  PMap<ConfigKey, List<Conflict>> overridden() {
    return overridden;
  }

  private void compareSources(ConfigKey key) {
    List<Conflict> conflicts = new ArrayList<>();
    Map<Slot, Integer> firstBySlot = new HashMap<>();
    for (int source = 0; source < objectsBySource.size(); source++) {
      AcceptedObject object = objectsBySource.get(source).get(key);
      if (object == null || object.isOverlay()) {
        continue;
      }
      @Nullable Integer first = firstBySlot.putIfAbsent(slot(source, key), source);
      if (first != null && !object.object().equals(objectOf(first, key))) {
        conflicts.add(
            new Conflict(
                Conflict.Kind.OBJECT,
                key.toString(),
                key,
                key,
                "source '%s' comes before source '%s', which holds another version"
                    .formatted(sources.get(first).name(), sources.get(source).name())));
      }
    }
    if (!conflicts.isEmpty()) {
      overridden = overridden.plus(key, List.copyOf(conflicts));
    } else if (overridden.containsKey(key)) {
      overridden = overridden.minus(key);
    }
  }

  private @Nullable ConfigObject objectOf(int source, ConfigKey key) {
    @Nullable AcceptedObject accepted = objectsBySource.get(source).get(key);
    return accepted == null ? null : accepted.object();
  }

  /** Takes back the batch that was applied last, and returns the keys that it had touched. */
  Set<ConfigKey> undo(int source) {
    Map<ConfigKey, AcceptedObject> objects = objectsBySource.get(source);
    touched.forEach(
        (key, before) -> {
          if (before.ofSource() == null) {
            objects.remove(key);
          } else {
            objects.put(key, before.ofSource());
          }
        });
    Set<ConfigKey> keys = new TreeSet<>(touched.keySet());
    touched = Map.of();
    keys.forEach(this::compareSources);
    return keys;
  }

  /** Returns the changes that make what counts now out of nothing, by slot. */
  List<ObjectChange> fromNothing() {
    Set<Slot> slots = new TreeSet<>();
    for (int source = 0; source < objectsBySource.size(); source++) {
      for (ConfigKey key : objectsBySource.get(source).keySet()) {
        slots.add(slot(source, key));
      }
    }
    return slots.stream().map(slot -> new ObjectChange(slot, null, winner(slot))).toList();
  }

  private void upsert(
      int source, ConfigObject object, Acceptance made, RejectionHandler rejections) {
    ConfigKey key = made.object() == null ? object.key() : made.object().key();
    Map<ConfigKey, AcceptedObject> objects = objectsBySource.get(source);
    AcceptedObject known = objects.get(key);
    if (known != null && known.object().equals(object)) {
      rejections.settled(key);
      return;
    }
    Acceptance acceptance = made.isNone() ? accept(source, object) : made;
    if (acceptance.refusal() != null) {
      rejections.rejected(key, acceptance.refusal());
    } else if (acceptance.object() != null) {
      remember(acceptance.object().slot(), source);
      objects.put(key, acceptance.object());
      rejections.settled(key);
    }
  }

  /** Notes what was there before the batch touched a slot; that may be nothing. */
  private void remember(Slot slot, int source) {
    touched.computeIfAbsent(
        slot.key(), key -> new Touched(slot, objectsBySource.get(source).get(key), winner(slot)));
  }

  private Slot slot(int source, ConfigKey key) {
    return Slot.of(key, sources.get(source).cluster());
  }

  private @Nullable AcceptedObject winner(Slot slot) {
    @Nullable AcceptedObject winner = null;
    @Nullable AcceptedObject overlay = null;
    for (int source = 0; source < objectsBySource.size(); source++) {
      AcceptedObject object = objectsBySource.get(source).get(slot.key());
      if (object == null || !object.slot().equals(slot)) {
        continue;
      }
      if (object.isOverlay()) {
        overlay = overlay == null ? object : overlay;
      } else if (winner == null) {
        winner = object;
      }
    }
    return winner == null || overlay == null ? winner : winner.under(overlay, settings);
  }
}
