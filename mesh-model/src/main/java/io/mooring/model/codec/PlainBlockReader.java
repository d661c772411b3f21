package io.mooring.model.codec;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes trees of the YAML that configuration is mostly written in: block maps and lists of scalars
 * that stand on one line, without anchors, tags, escapes and flow collections. One instance reads
 * one part of a file.
 *
 * <p>The engine takes four times as long for such text, which is most of the time that a large
 * directory takes. Whatever is not wholly of this kind is left to it, also what may be wrong: this
 * reader never finds a fault. Its oracle is {@link YamlTreeReader}, which makes the same tree.
 */
final class PlainBlockReader {

  private static final int MAX_DEPTH = 24; // well below TreeLimits.MAX_DEPTH
  private static final int MAX_KEY = 128; // YAML ends simple keys at 1024
  private static final int NONE = -1;

  private final String text;
  private final int firstLine;
  private final SharedWords words;
  private int start; // of the present line
  private int end; // of the present line, without its break and the blanks before that
  private int next; // line after the present one
  private int indent; // of the present line, NONE after the last one
  private int line; // of the present line, from 1

  private PlainBlockReader(DocumentSplitter.Part part, SharedWords words) {
    text = part.text();
    firstLine = part.firstLine();
    this.words = words;
  }

  /** Returns the only document of a part; empty where it is not of this kind. */
  static Optional<TreeDocument> read(DocumentSplitter.Part part) {
    return read(part, new SharedWords());
  }

  /** Returns the same of a part whose words stand in other parts too. */
  static Optional<TreeDocument> read(DocumentSplitter.Part part, SharedWords words) {
    PlainBlockReader reader = new PlainBlockReader(part, words);
    Tree root = reader.root();
    return root == null
        ? Optional.empty()
        : Optional.of(new TreeDocument(Optional.of(root), Optional.empty()));
  }

  private @Nullable Tree root() {
    line = firstLine;
    if (!advance()) {
      return null;
    }
    if (indent == 0 && end - start == 3 && text.startsWith("---", start) && !advance()) {
      return null;
    }
    Tree root = indent == 0 && isKeyStart(start) ? mapping(0, start, 0) : null;
    return root != null && indent == NONE ? root : null;
  }

  /** Goes to the next line that has content; false where it cannot be of this kind. */
  private boolean advance() {
    while (next < text.length()) {
      int from = next;
      int at = from;
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
      int stop = at;
      int last = at;
      for (; stop < text.length() && text.charAt(stop) != '\n'; stop++) {
        char c = text.charAt(stop);
        if (c < ' ' || c > '~') {
          return false;
        }
        if (c != ' ') {
          last = stop + 1;
        }
      }
      next = Math.min(stop + 1, text.length());
      line++;
      if (last > at && text.charAt(at) != '#') {
        start = at;
        end = last;
        indent = at - from;
        return true;
      }
    }
    indent = NONE;
    return true;
  }

  private boolean isKeyStart(int at) {
    char c = text.charAt(at);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** Reads the map whose first key is on the present line; null where it is not of this kind. */
  private @Nullable Tree mapping(int column, int first, int depth) {
    Tree.Mapping mapping = new Tree.Mapping(line, column + 1);
    int key = first;
    do {
      int colon = keyEnd(key);
      if (colon == NONE) {
        return null;
      }
      int keyLine = line;
      Tree value = value(colon + 1, column, depth);
      if (value == null) {
        return null;
      }
      mapping.add(new Tree.Entry(words.word(text, key, colon), keyLine, column + 1, value));
      key = start;
    } while (indent == column && isKeyStart(start));
    mapping.close();
    return indent <= column ? mapping : null;
  }

  /** Returns where the colon after a key is. */
  private int keyEnd(int key) {
    for (int at = key; at < end && at - key <= MAX_KEY; at++) {
      char c = text.charAt(at);
      if (c == ':') {
        return at + 1 == end || text.charAt(at + 1) == ' ' ? at : NONE;
      }
      if (!isWord(c)) {
        return NONE;
      }
    }
    return NONE;
  }

  /** Reads the value after a colon and goes to the line after it. */
  private @Nullable Tree value(int after, int column, int depth) {
    if (after < end) {
      return scalarAndBeyond(after, column);
    }
    if (depth >= MAX_DEPTH || !advance() || indent < column) {
      return null;
    }
    if (isItem(start)) {
      return sequence(indent, depth + 1);
    }
    return indent > column && isKeyStart(start) ? mapping(indent, start, depth + 1) : null;
  }

  private boolean isItem(int at) {
    return text.charAt(at) == '-' && at + 1 < end && text.charAt(at + 1) == ' ';
  }

  private @Nullable Tree sequence(int column, int depth) {
    Tree.Sequence sequence = new Tree.Sequence(line, column + 1);
    do {
      int at = start + 2;
      while (text.charAt(at) == ' ') { // ends: the line has no blank at its end
        at++;
      }
      Tree item;
      if (isKeyStart(at) && keyEnd(at) != NONE) {
        item = depth < MAX_DEPTH ? mapping(column + at - start, at, depth + 1) : null;
      } else {
        item = scalarAndBeyond(at, column);
      }
      if (item == null) {
        return null;
      }
      sequence.add(item);
    } while (indent == column && isItem(start));
    sequence.close();
    return indent <= column ? sequence : null;
  }

  /** A deeper line after a scalar would be more of it. */
  private @Nullable Tree scalarAndBeyond(int from, int column) {
    Tree scalar = scalar(from);
    return scalar != null && advance() && indent <= column ? scalar : null;
  }

  private @Nullable Tree scalar(int from) {
    int at = from;
    while (text.charAt(at) == ' ') {
      at++;
    }
    int column = at - (start - indent) + 1;
    char first = text.charAt(at);
    if (first == '"' || first == '\'') {
      for (int i = at + 1; i < end - 1; i++) {
        if (text.charAt(i) == first || text.charAt(i) == '\\') {
          return null;
        }
      }
      return end - at >= 2 && text.charAt(end - 1) == first
          ? new Tree.Scalar(Tree.Scalar.Type.TEXT, words.word(text, at + 1, end - 1), line, column)
          : null;
    }
    if (!isWord(first) || (first == '-' && (at + 1 == end || !isWord(text.charAt(at + 1))))) {
      return null;
    }
    for (int i = at; i < end; i++) {
      if (!isWord(text.charAt(i))) {
        return null;
      }
    }
    return ScalarResolver.resolve(words.word(text, at, end), true, Optional.empty(), line, column);
  }

  /** Signs that mean nothing to YAML wherever they stand in a word. */
  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '-'
        || c == '_'
        || c == '/'
        || c == '+';
  }
}
