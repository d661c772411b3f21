package io.mooring.registry;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Many entries, sorted on all processors, in the shape from which a persistent map is built in one
 * go: one by one, each would copy a branch of it. Its views of a part are not supported.
 */
@SuppressWarnings("JdkObsolete") // SortedMap is what TreePMap takes
final class SortedEntries<K extends Comparable<K>, V> extends AbstractMap<K, V>
    implements SortedMap<K, V> {

  private static final int LARGE = 1024; // changes; below, even an empty map takes them singly

  private final Map.Entry<K, V>[] entries;

  private SortedEntries(Map.Entry<K, V>[] entries) {
    this.entries = entries;
  }

  /** Returns whether to build a map anew costs less than to copy a branch for each change. */
  static boolean isWorthIt(int changes, int present) {
    return changes >= LARGE && changes >= present / 8;
  }

  /** Returns the persistent map of entries whose keys differ. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  static <K extends Comparable<K>, V> TreePMap<K, V> toMap(Collection<Map.Entry<K, V>> entries) {
    Map.Entry<K, V>[] sorted = entries.toArray(new Map.Entry[0]);
    Arrays.parallelSort(sorted, Map.Entry.comparingByKey());
    return TreePMap.fromSortedMap(new SortedEntries<>(sorted));
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<K, V>> iterator() {
        return Arrays.asList(entries).iterator();
      }

      @Override
      public int size() {
        return entries.length;
      }
    };
  }

  @Override
  public @Nullable Comparator<? super K> comparator() {
    return null; // the natural order
  }

  @Override
  public K firstKey() {
    return entries[0].getKey();
  }

  @Override
  public K lastKey() {
    return entries[entries.length - 1].getKey();
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
