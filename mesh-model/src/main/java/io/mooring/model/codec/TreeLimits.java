package io.mooring.model.codec;

/** The bounds of what a text may cost; legal configuration stays far below all of them. */
final class TreeLimits {

  /** Levels of nesting; the deepest path of any kind, within a List, has fewer than 20. */
  static final int MAX_DEPTH = 64;

  /** Values that the aliases of one document may stand for. */
  static final long MAX_ALIASED_VALUES = 500_000;

  /** Characters of a text. A dump of 200,000 WorkloadEntries has 75 million. */
  static final int MAX_CHARACTERS = 200_000_000;

  private TreeLimits() {}
}
