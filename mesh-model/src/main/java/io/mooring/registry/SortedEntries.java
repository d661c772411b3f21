package io.mooring.registry;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Many entries in the order of their keys, in the shape from which a persistent map is built in one
 * go: one by one, each would copy a branch of it. Its views of a part are not supported.
 */
@SuppressWarnings("JdkObsolete") // SortedMap is what TreePMap takes
final class SortedEntries<K extends Comparable<K>, V> extends AbstractMap<K, V>
    implements SortedMap<K, V> {

  private static final int LARGE = 1024; // changes; below, even an empty map takes them singly

  private final List<Map.Entry<K, V>> entries;

  private SortedEntries(List<Map.Entry<K, V>> entries) {
    this.entries = entries;
  }

  /** Returns whether to build a map anew costs less than to copy a branch for each change. */
  static boolean isWorthIt(int changes, int present) {
    return changes >= LARGE && changes >= present / 8;
  }

  /** Returns a change of a map, for {@link #after}; without a value the key goes. */
  static <K, V> Map.Entry<K, @Nullable V> change(K key, @Nullable V value) {
    return new SimpleImmutableEntry<>(key, value);
  }

  /**
   * Returns a map after changes that are in the order of their keys; of several of one key the last
   * counts.
   */
  static <K extends Comparable<K>, V> TreePMap<K, V> after(
      TreePMap<K, V> before, List<? extends Map.Entry<K, @Nullable V>> changes) {
    List<Map.Entry<K, V>> all = new ArrayList<>(before.size() + changes.size());
    Iterator<Map.Entry<K, V>> olds = before.entrySet().iterator();
    Map.Entry<K, V> old = olds.hasNext() ? olds.next() : null;
    for (int i = 0; i < changes.size(); i++) {
      Map.Entry<K, @Nullable V> change = changes.get(i);
      K key = change.getKey();
      while (old != null && old.getKey().compareTo(key) < 0) {
        all.add(old);
        old = olds.hasNext() ? olds.next() : null;
      }
      if (old != null && old.getKey().compareTo(key) == 0) {
        old = olds.hasNext() ? olds.next() : null;
      }
      boolean last = i + 1 == changes.size() || !changes.get(i + 1).getKey().equals(key);
      if (last && change.getValue() != null) {
        all.add(change);
      }
    }
    for (; old != null; old = olds.hasNext() ? olds.next() : null) {
      all.add(old);
    }
    return TreePMap.fromSortedMap(new SortedEntries<>(all));
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<K, V>> iterator() {
        return entries.iterator();
      }

      @Override
      public int size() {
        return entries.size();
      }
    };
  }

  @Override
  public @Nullable Comparator<? super K> comparator() {
    return null; // the natural order
  }

  @Override
  public K firstKey() {
    return entries.get(0).getKey();
  }

  @Override
  public K lastKey() {
    return entries.get(entries.size() - 1).getKey();
  }

  @Override
  public SortedMap<K, V> subMap(K from, K to) {
    throw new UnsupportedOperationException("part of entries to build from");
  }

  @Override
  public SortedMap<K, V> headMap(K to) {
    throw new UnsupportedOperationException("part of entries to build from");
  }

  @Override
  public SortedMap<K, V> tailMap(K from) {
    throw new UnsupportedOperationException("part of entries to build from");
  }
}
