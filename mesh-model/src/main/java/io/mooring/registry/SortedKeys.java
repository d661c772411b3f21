package io.mooring.registry;

import java.util.AbstractSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys in their natural order, each once. Immutable. A tenth of the memory of a {@link
 * java.util.TreeSet}, and keys that are in order already are only looked at: a start has one for
 * each object.
 */
final class SortedKeys<T extends Comparable<T>> extends AbstractSet<T> {

  private final List<T> keys;

  private SortedKeys(List<T> keys) {
    this.keys = keys;
  }

  static <T extends Comparable<T>> Set<T> of(Collection<T> keys) {
    return keys instanceof SortedKeys<T> sorted
        ? sorted
        : new SortedKeys<>(
            keys.stream().sorted().distinct().toList()); // sorted: distinct takes no set
  }

  @Override
  @SuppressWarnings("unchecked") // of another type it would not be among the keys
  public boolean contains(@Nullable Object key) {
    return key != null
        && !keys.isEmpty()
        && key.getClass() == keys.get(0).getClass()
        && Collections.binarySearch(keys, (T) key) >= 0;
  }

  @Override
  public Iterator<T> iterator() {
    return keys.iterator();
  }

  @Override
  public int size() {
    return keys.size();
  }
}
