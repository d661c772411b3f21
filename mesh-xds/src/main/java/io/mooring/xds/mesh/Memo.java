package io.mooring.xds.mesh;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a pure function returned. Thread-safe without a lock: two threads may compute the
 * same value at once, both values are equal.
 *
 * <p>Bounded by two generations: when the young one is full it becomes the old one, and what nobody
 * asked for since then is forgotten.
 *
 * @param <I> input, with value equality
 * @param <O> output, immutable
 */
final class Memo<I, O> {

  private final int capacity;
  private final Function<I, O> function;
  private volatile ConcurrentHashMap<I, O> young = new ConcurrentHashMap<>();
  private volatile ConcurrentHashMap<I, O> old = new ConcurrentHashMap<>();

  /**
   * @param capacity how many inputs a generation holds; at most twice as many are remembered
   */
  Memo(int capacity, Function<I, O> function) {
    this.capacity = capacity;
    this.function = function;
  }

  O get(I input) {
    ConcurrentHashMap<I, O> generation = young;
    @Nullable O known = generation.get(input);
    if (known != null) {
      return known;
    }
    known = old.get(input);
    O output = known != null ? known : function.apply(input);
    generation.put(input, output);
    if (generation.size() > capacity) {
      retire(generation);
    }
    return output;
  }

  private void retire(ConcurrentHashMap<I, O> full) {
    // Two threads may both retire it: then the second finds another young one and does nothing.
    if (young == full) {
      old = full;
      young = new ConcurrentHashMap<>();
    }
  }
}
