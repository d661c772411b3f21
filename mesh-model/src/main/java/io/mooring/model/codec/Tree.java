package io.mooring.model.codec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One value of a document and where it begins: a scalar, a list or a map. Confined to one parse.
 *
 * <p>Aliases share their target, so that a tree is a graph without cycles.
 */
abstract sealed class Tree {

  private final int line;
  private final int column;

  private Tree(int line, int column) {
    this.line = line;
    this.column = column;
  }

  /** The line, from 1. */
  int line() {
    return line;
  }

  /** The column, from 1. */
  int column() {
    return column;
  }

  /** How many values it has once every alias is expanded, itself included. */
  abstract long size();

  /** What it is, for a message. */
  abstract String describe();

  boolean isNull() {
    return false;
  }

  /** A scalar with the type that YAML's core schema gives it. */
  static final class Scalar extends Tree {

    enum Type {
      NULL,
      BOOLEAN,
      INTEGER,
      DECIMAL,
      TEXT
    }

    private final Type type;
    private final String text;

    Scalar(Type type, String text, int line, int column) {
      super(line, column);
      this.type = type;
      this.text = text;
    }

    Type type() {
      return type;
    }

    /** The text as JSON writes it: decimal digits, {@code true}, {@code false}. */
    String text() {
      return text;
    }

    @Override
    boolean isNull() {
      return type == Type.NULL;
    }

    @Override
    long size() {
      return 1;
    }

    @Override
    String describe() {
      return switch (type) {
        case NULL -> "null";
        case BOOLEAN -> "a boolean";
        case INTEGER, DECIMAL -> "a number";
        case TEXT -> "text";
      };
    }
  }

  /** A list. */
  static final class Sequence extends Tree {

    private final List<Tree> items = new ArrayList<>();
    private long size = 1;

    Sequence(int line, int column) {
      super(line, column);
    }

    void add(Tree item) {
      items.add(item);
    }

    List<Tree> items() {
      return items;
    }

    void close() {
      items.forEach(item -> size += item.size());
    }

    @Override
    long size() {
      return size;
    }

    @Override
    String describe() {
      return "a list";
    }
  }

  /** A map with unique keys, in the order of the text. */
  static final class Mapping extends Tree {

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<Entry> duplicates = new ArrayList<>();
    private long size = 1;

    Mapping(int line, int column) {
      super(line, column);
    }

    /** Adds an entry; where the key is there already the entry is kept as a duplicate. */
    void add(Entry entry) {
      if (entries.putIfAbsent(entry.key(), entry) != null) {
        duplicates.add(entry);
      }
    }

    /** Adds the entries of {@code base} whose keys are not there. */
    void merge(Mapping base) {
      base.entries.forEach(entries::putIfAbsent);
    }

    /** Gives entries with other spellings their names; two of one name are duplicates. */
    void rename(Map<String, String> namesBySpelling) {
      namesBySpelling.forEach(
          (spelling, name) -> {
            Entry entry = entries.remove(spelling);
            if (entry != null) {
              add(new Entry(name, entry.line(), entry.column(), entry.value()));
            }
          });
    }

    Map<String, Entry> entries() {
      return entries;
    }

    /** Returns the value of a key; null where there is none. */
    @Nullable Tree value(String key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value();
    }

    List<Entry> duplicates() {
      return duplicates;
    }

    void close() {
      entries.values().forEach(entry -> size += entry.value().size());
    }

    @Override
    long size() {
      return size;
    }

    @Override
    String describe() {
      return "an object";
    }
  }

  /**
   * One entry of a map.
   *
   * @param key key as text
   * @param line line of the key
   * @param column column of the key
   * @param value value
   */
  record Entry(String key, int line, int column, Tree value) {}
}
