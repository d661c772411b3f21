package io.mooring.model.codec;

import org.jspecify.annotations.Nullable;

/**
 * The words of one text, of which most stand there again and again: field names, labels, networks.
 * Objects that share them take half the memory, and nobody copies a word twice. Confined to one
 * parse.
 */
final class SharedWords {

  private static final int SLOTS = 512; // a power of two; of words with one slot the last is known
  private static final int LONGEST = 64;

  private final @Nullable String[] words = new String[SLOTS];

  /** Returns {@code text.substring(from, to)}. */
  String word(String text, int from, int to) {
    int length = to - from;
    if (length > LONGEST) {
      return text.substring(from, to);
    }
    int hash = 0;
    for (int at = from; at < to; at++) {
      hash = 31 * hash + text.charAt(at);
    }
    int slot = (hash ^ (hash >>> 9)) & (SLOTS - 1);
    String known = words[slot];
    if (known != null && known.length() == length && text.startsWith(known, from)) {
      return known;
    }
    String word = text.substring(from, to);
    words[slot] = word;
    return word;
  }
}
