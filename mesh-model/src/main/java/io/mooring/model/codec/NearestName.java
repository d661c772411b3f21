package io.mooring.model.codec;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody who mistyped it probably meant. */
final class NearestName {

  private static final int MAX_LENGTH = 64;

  private NearestName() {}

  /** Returns the name with the fewest edits, if they are at most a third of its letters. */
  static Optional<String> of(String typed, Collection<String> names) {
    if (typed.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String best = null;
    int fewest = Integer.MAX_VALUE;
    for (String name : names) {
      int most = Math.min(fewest - 1, Math.max(1, name.length() / 3));
      if (Math.abs(typed.length() - name.length()) > most) {
        continue;
      }
      int edits = edits(typed.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      if (edits <= most) {
        best = name;
        fewest = edits;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Insertions, deletions, replacements and swaps of neighbours. */
  private static int edits(String one, String other) {
    int[][] costs = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        if (i == 0 || j == 0) {
          costs[i][j] = i + j;
          continue;
        }
        int replace = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        int cost =
            Math.min(costs[i - 1][j - 1] + replace, Math.min(costs[i - 1][j], costs[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          cost = Math.min(cost, costs[i - 2][j - 2] + 1);
        }
        costs[i][j] = cost;
      }
    }
    return costs[one.length()][other.length()];
  }
}
