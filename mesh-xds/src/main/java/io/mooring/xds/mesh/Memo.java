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
  private volatile Generations<I, O> generations =
      new Generations<>(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());

  private record Generations<I, O>(
      ConcurrentHashMap<I, O> young, ConcurrentHashMap<I, O> old) {}

  /**
   * @param capacity how many inputs a generation holds; at most twice as many are remembered
   */
  Memo(int capacity, Function<I, O> function) {
    this.capacity = capacity;
    this.function = function;
  }

  O get(I input) {
    Generations<I, O> now = generations;
    @Nullable O known = now.young.get(input);
    if (known != null) {
      return known;
    }
    known = now.old.get(input);
    O output = known != null ? known : function.apply(input);
    now.young.put(input, output);
    if (now.young.size() > capacity) {
      // Of two threads that find it full at once, the slower one forgets too much: harmless.
      generations = new Generations<>(new ConcurrentHashMap<>(), now.young);
    }
    return output;
  }
}
