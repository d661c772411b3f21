package io.mooring.model.codec;

import io.mooring.model.validation.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Makes trees of YAML 1.2 text. One instance reads one part of a file.
 *
 * <p>Works on the engine's events rather than on its composed nodes: composing overflows the stack
 * at a depth of some 4,000 and keeps duplicate keys, and it is the larger part of the cost.
 */
final class YamlTreeReader {

  private static final int SMALL = 8 * 1024;
  private static final int LARGEST_BUFFER = 4 * 1024 * 1024;
  private static final LoadSettings SETTINGS = settings(SMALL);
  private static final String MERGE = "<<";

  private final String text;
  private final int firstLine;
  private final Map<String, Tree> anchors = new HashMap<>();
  private final Set<Tree> open = new HashSet<>();
  private Iterator<Event> events = List.<Event>of().iterator();
  private @Nullable Tree root;
  private long aliasedValues;

  private YamlTreeReader(String text, int firstLine) {
    this.text = text;
    this.firstLine = firstLine;
  }

  /** Returns the documents of a part; after one with a fault there is none. */
  static List<TreeDocument> read(DocumentSplitter.Part part) {
    return read(part, new SharedWords());
  }

  /** Returns the same of a part whose words stand in other parts too. */
  static List<TreeDocument> read(DocumentSplitter.Part part, SharedWords words) {
    return PlainBlockReader.read(part, words).map(List::of).orElseGet(() -> readAnything(part));
  }

  /** Returns what {@link #read} does, all of it by the engine. */
  static List<TreeDocument> readAnything(DocumentSplitter.Part part) {
    return new YamlTreeReader(part.text(), part.firstLine()).documents();
  }

  private static LoadSettings settings(int bufferSize) {
    return LoadSettings.builder()
        .setCodePointLimit(Integer.MAX_VALUE)
        .setBufferSize(bufferSize)
        .build();
  }

  /** The engine copies what it has of a scalar with every buffer: small ones take minutes. */
  private static LoadSettings settings(String text) {
    return text.length() < SMALL ? SETTINGS : settings(Math.min(text.length() + 1, LARGEST_BUFFER));
  }

  private List<TreeDocument> documents() {
    List<TreeDocument> documents = new ArrayList<>();
    try {
      events = new Parse(settings(text)).parseString(text).iterator();
      while (events.hasNext()) {
        Event event = events.next();
        if (event instanceof NodeEvent node) {
          root = null;
          anchors.clear();
          aliasedValues = 0;
          Tree value = begin(node, 0);
          root = value;
          fill(value, 0);
          documents.add(new TreeDocument(Optional.of(value), Optional.empty()));
          root = null;
        }
      }
    } catch (FaultException e) {
      documents.add(new TreeDocument(Optional.ofNullable(root), Optional.of(e.fault)));
    } catch (MarkedYamlEngineException e) {
      documents.add(new TreeDocument(Optional.ofNullable(root), Optional.of(fault(e))));
    } catch (ReaderException e) {
      documents.add(new TreeDocument(Optional.ofNullable(root), Optional.of(fault(e))));
    } catch (YamlEngineException e) {
      documents.add(
          new TreeDocument(
              Optional.ofNullable(root),
              Optional.of(
                  new TreeDocument.Fault(
                      Problem.Code.SYNTAX,
                      firstLine + 1,
                      1,
                      Quoted.text(String.valueOf(e.getMessage()), 200)))));
    }
    return documents;
  }

  /** Returns the value that an event begins; a list or map is still empty. */
  private Tree begin(NodeEvent event, int depth) {
    int line = line(event);
    int column = column(event);
    if (event instanceof AliasEvent alias) {
      return target(alias, line, column);
    }
    Tree value;
    if (event instanceof ScalarEvent scalar) {
      value =
          ScalarResolver.resolve(
              scalar.getValue(), scalar.isPlain(), scalar.getTag(), line, column);
    } else {
      if (depth >= TreeLimits.MAX_DEPTH) {
        throw limit(line, column, "nested deeper than " + TreeLimits.MAX_DEPTH + " levels");
      }
      value =
          event instanceof MappingStartEvent
              ? new Tree.Mapping(line, column)
              : new Tree.Sequence(line, column);
      open.add(value);
    }
    event.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), value));
    return value;
  }

  /** Reads the rest of a list or map that was just begun; other values are complete. */
  private void fill(Tree value, int depth) {
    if (!open.contains(value)) {
      return;
    }
    if (value instanceof Tree.Sequence sequence) {
      for (Event next = events.next(); !isEnd(next); next = events.next()) {
        Tree item = begin((NodeEvent) next, depth + 1);
        sequence.add(item);
        if (next instanceof CollectionStartEvent) {
          fill(item, depth + 1);
        }
      }
      sequence.close();
    } else if (value instanceof Tree.Mapping mapping) {
      fillMapping(mapping, depth);
      mapping.close();
    }
    open.remove(value);
  }

  private void fillMapping(Tree.Mapping mapping, int depth) {
    List<Tree> bases = new ArrayList<>(0);
    for (Event next = events.next(); !isEnd(next); next = events.next()) {
      String key = key(next);
      Event valueEvent = events.next();
      Tree value = begin((NodeEvent) valueEvent, depth + 1);
      boolean merge = key.equals(MERGE) && ((ScalarEvent) next).isPlain();
      if (merge) {
        bases.add(value);
      } else {
        mapping.add(new Tree.Entry(key, line(next), column(next), value));
      }
      if (valueEvent instanceof CollectionStartEvent) {
        fill(value, depth + 1);
      }
    }
    bases.forEach(base -> merge(mapping, base));
  }

  /** Keys of the map itself win over merged ones, whatever their order: YAML merge key. */
  private void merge(Tree.Mapping mapping, Tree base) {
    List<Tree> maps = base instanceof Tree.Sequence several ? several.items() : List.of(base);
    for (Tree map : maps) {
      if (!(map instanceof Tree.Mapping single)) {
        throw syntax(
            map.line(), map.column(), "'<<' merges " + map.describe() + " (expected: an object)");
      }
      mapping.merge(single);
    }
  }

  private String key(Event event) {
    if (event instanceof ScalarEvent scalar) {
      return scalar.getValue();
    }
    throw syntax(line(event), column(event), "a key is no text (expected: a field name)");
  }

  private Tree target(AliasEvent alias, int line, int column) {
    String name = alias.getAlias().getValue();
    Tree value = anchors.get(name);
    if (value == null) {
      throw syntax(line, column, "alias " + Quoted.value(name) + " has no anchor before it");
    }
    if (open.contains(value)) {
      throw syntax(line, column, "alias " + Quoted.value(name) + " contains itself");
    }
    aliasedValues += value.size();
    if (aliasedValues > TreeLimits.MAX_ALIASED_VALUES) {
      throw limit(
          line, column, "aliases stand for more than " + TreeLimits.MAX_ALIASED_VALUES + " values");
    }
    return value;
  }

  private static boolean isEnd(Event event) {
    return event instanceof CollectionEndEvent;
  }

  private int line(Event event) {
    return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1) + firstLine;
  }

  private static int column(Event event) {
    return event.getStartMark().map(mark -> mark.getColumn() + 1).orElse(1);
  }

  /** What is still open at the end of the text is at fault where it was opened. */
  private TreeDocument.Fault fault(MarkedYamlEngineException e) {
    Optional<Mark> problem = e.getProblemMark();
    boolean atEnd = problem.filter(mark -> mark.getLine() >= lines()).isPresent();
    Optional<Mark> at = atEnd && e.getContextMark().isPresent() ? e.getContextMark() : problem;
    String context = e.getContext() == null ? "" : e.getContext() + ": ";
    return new TreeDocument.Fault(
        Problem.Code.SYNTAX,
        at.map(mark -> mark.getLine() + 1).orElse(1) + firstLine,
        at.map(mark -> mark.getColumn() + 1).orElse(1),
        Quoted.text(context + e.getProblem(), 200));
  }

  private long lines() {
    return text.chars().filter(c -> c == '\n').count();
  }

  private TreeDocument.Fault fault(ReaderException e) {
    int end =
        text.offsetByCodePoints(
            0, Math.min(e.getPosition(), text.codePointCount(0, text.length())));
    int line = firstLine + 1 + (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
    int column = end - text.lastIndexOf('\n', end - 1);
    return new TreeDocument.Fault(
        Problem.Code.SYNTAX,
        line,
        column,
        String.format("character U+%04X is not allowed", e.getCodePoint()));
  }

  private static FaultException syntax(int line, int column, String message) {
    return new FaultException(new TreeDocument.Fault(Problem.Code.SYNTAX, line, column, message));
  }

  private static FaultException limit(int line, int column, String message) {
    return new FaultException(new TreeDocument.Fault(Problem.Code.LIMIT, line, column, message));
  }

  /** Leaves the recursion; never leaves this class. */
  private static final class FaultException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient TreeDocument.Fault fault;

    FaultException(TreeDocument.Fault fault) {
      super(fault.message(), null, false, false);
      this.fault = fault;
    }
  }
}
