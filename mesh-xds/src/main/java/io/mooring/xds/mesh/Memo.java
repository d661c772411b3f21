package io.mooring.xds.mesh;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a pure function returned. Thread-safe without a lock: two threads may compute the
 * same value at once, both values are equal.
 *
 * <p>Bounded by weight, in two generations: when the young one is full it becomes the old one, and
 * what nobody asked for since then is forgotten.
 *
 * @param <I> input, with value equality
 * @param <O> output, immutable
 */
final class Memo<I, O> {

  private final long capacity;
  private final ToLongBiFunction<I, O> weigher;
  private final Function<I, O> function;
  private volatile Generations<I, O> generations =
      new Generations<>(new Generation<>(), new Generation<>());

  private record Generations<I, O>(Generation<I, O> young, Generation<I, O> old) {}

  private static final class Generation<I, O> {
    private final ConcurrentHashMap<I, O> outputs = new ConcurrentHashMap<>();
    private final AtomicLong weight = new AtomicLong();
  }

  /**
   * @param capacity the weight of a full memory, in the unit of {@code weigher}; each of the two
   *     generations may exceed its half by one entry
   * @param weigher what remembering an input and its output costs
   */
  Memo(long capacity, ToLongBiFunction<I, O> weigher, Function<I, O> function) {
    this.capacity = capacity;
    this.weigher = weigher;
    this.function = function;
  }

  O get(I input) {
    Generations<I, O> now = generations;
    @Nullable O known = now.young.outputs.get(input);
    if (known != null) {
      return known;
    }
    known = now.old.outputs.get(input);
    O output = known != null ? known : function.apply(input);
    @Nullable O other = now.young.outputs.putIfAbsent(input, output);
    if (other != null) {
      return other;
    }
    if (now.young.weight.addAndGet(weigher.applyAsLong(input, output)) > capacity / 2) {
      // Of two threads that find it full at once, the slower one forgets too much: harmless.
      generations = new Generations<>(new Generation<>(), now.young);
    }
    return output;
  }

  /** Returns the weight of what is remembered; what is in both generations counts twice. */
  long weight() {
    Generations<I, O> now = generations;
    return now.young.weight.get() + now.old.weight.get();
  }
}
