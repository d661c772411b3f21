package io.mooring.testkit.traffic;

import java.util.List;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/** A weighted choice. */
final class Weights {

  private Weights() {}

  /**
   * Returns one of {@code candidates}, each in proportion to its weight; the first one if no weight
   * is above zero.
   */
  static <T> T pick(List<T> candidates, ToIntFunction<T> weight, RandomGenerator random) {
    long total = candidates.stream().mapToLong(weight::applyAsInt).sum();
    long left = total > 0 ? random.nextLong(total) : 0;
    for (T candidate : candidates) {
      left -= weight.applyAsInt(candidate);
      if (left < 0) {
        return candidate;
      }
    }
    return candidates.get(0);
  }
}
