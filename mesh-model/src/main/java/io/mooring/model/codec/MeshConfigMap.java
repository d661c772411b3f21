package io.mooring.model.codec;

import io.mooring.model.ConfigKey;
import io.mooring.model.validation.FieldPath;
import io.mooring.model.validation.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ConfigMap in which an installation of Istio keeps its MeshConfig and MeshNetworks, as YAML
 * within YAML: {@code istio}, or {@code istio-REVISION}, with the keys {@code mesh} and {@code
 * meshNetworks}. Each of the two becomes an object of its own with the metadata of the ConfigMap.
 *
 * <p>As in Istio, unknown fields within are left out with a warning, names may be spelled {@code
 * like_this}, and all other keys are ignored.
 */
final class MeshConfigMap {

  /** The kind of the document. */
  static final String KIND = "ConfigMap";

  private static final String NAME = "istio";
  private static final Map<String, String> KIND_BY_KEY =
      new TreeMap<>(Map.of("mesh", "MeshConfig", "meshNetworks", "MeshNetworks"));

  private final KindRegistry kinds;
  private final ProblemCollector problems;
  private final String file;
  private final String source;

  /** Creates a reader of ConfigMaps of {@code source}, the text of {@code file}. */
  MeshConfigMap(KindRegistry kinds, ProblemCollector problems, String file, String source) {
    this.kinds = kinds;
    this.problems = problems;
    this.file = file;
    this.source = source;
  }

  /** Returns whether this is the ConfigMap of an installation, and not somebody else's. */
  static boolean isOne(Tree.Mapping root) {
    return text(root.value("apiVersion")).filter("v1"::equals).isPresent()
        && root.value("metadata") instanceof Tree.Mapping metadata
        && text(metadata.value("name"))
            .filter(name -> name.equals(NAME) || name.startsWith(NAME + "-"))
            .isPresent()
        && root.value("data") instanceof Tree.Mapping data
        && KIND_BY_KEY.keySet().stream().anyMatch(data.entries()::containsKey);
  }

  /** Returns the objects of a ConfigMap that {@link #isOne}. */
  List<LocatedObject> read(Tree.Mapping root, ConfigKey key) {
    List<LocatedObject> objects = new ArrayList<>();
    if (!(root.value("data") instanceof Tree.Mapping data)) {
      return objects;
    }
    KIND_BY_KEY.forEach(
        (field, kind) -> {
          FieldPath path = FieldPath.ROOT.field("data").field(field);
          Tree value = data.value(field);
          ConfigKey inner = new ConfigKey(kind, key.namespace(), key.name());
          if (value instanceof Tree.Scalar scalar && scalar.type() == Tree.Scalar.Type.TEXT) {
            inner(root, scalar, inner, path).ifPresent(objects::add);
          } else if (value != null && !value.isNull()) {
            problems.add(
                Severity.ERROR,
                Problem.Code.STRUCTURE,
                value.line(),
                value.column(),
                path,
                value.describe() + " (expected: text)",
                Optional.of(inner));
          }
        });
    return objects;
  }

  private Optional<LocatedObject> inner(
      Tree.Mapping root, Tree.Scalar scalar, ConfigKey key, FieldPath path) {
    int indent = blockIndent(scalar);
    List<TreeDocument> documents =
        YamlTreeReader.read(new DocumentSplitter.Part(scalar.text(), scalar.line()));
    Tree.Mapping document = new Tree.Mapping(scalar.line(), scalar.column());
    document.add(Objects.requireNonNull(root.entries().get("metadata"), "metadata"));
    if (!documents.isEmpty()) {
      TreeDocument first = documents.get(0);
      if (first.fault().isPresent()) {
        TreeDocument.Fault fault = first.fault().get();
        problems.add(
            Severity.ERROR,
            fault.code(),
            indent < 0 ? scalar.line() : fault.line(),
            indent < 0 ? scalar.column() : fault.column() + indent,
            path,
            fault.message(),
            Optional.of(key));
        return Optional.empty();
      }
      Tree spec = moved(first.root().orElseThrow(), scalar, indent);
      document.add(new Tree.Entry("spec", spec.line(), spec.column(), spec));
    }
    ProblemCollector own = new ProblemCollector(file);
    Optional<LocatedObject> object =
        new DocumentBinder(kinds.find(key.kind()).orElseThrow(), document, Optional.of(key), own)
            .bind()
            .map(value -> new LocatedObject(value, scalar.line(), scalar.column()));
    own.problems().forEach(problem -> problems.add(problem.within("spec", path.toString())));
    return object;
  }

  /** The indentation of a literal block, whose lines are those of the file; -1 for other text. */
  private int blockIndent(Tree.Scalar scalar) {
    String[] lines = source.split("\n", -1);
    if (scalar.line() > lines.length
        || !lines[scalar.line() - 1].startsWith("|", scalar.column() - 1)) {
      return -1;
    }
    for (int i = scalar.line(); i < lines.length; i++) {
      String stripped = lines[i].stripLeading();
      if (!stripped.isEmpty()) {
        return lines[i].length() - stripped.length();
      }
    }
    return -1;
  }

  /** A tree at its place in the file, or as a whole where its text begins. */
  private static Tree moved(Tree tree, Tree.Scalar text, int indent) {
    int line = indent < 0 ? text.line() : tree.line();
    int column = indent < 0 ? text.column() : tree.column() + indent;
    if (tree instanceof Tree.Scalar scalar) {
      return new Tree.Scalar(scalar.type(), scalar.text(), line, column);
    }
    if (tree instanceof Tree.Sequence sequence) {
      Tree.Sequence copy = new Tree.Sequence(line, column);
      sequence.items().forEach(item -> copy.add(moved(item, text, indent)));
      copy.close();
      return copy;
    }
    Tree.Mapping mapping = (Tree.Mapping) tree;
    Tree.Mapping copy = new Tree.Mapping(line, column);
    mapping.entries().values().forEach(entry -> copy.add(moved(entry, text, indent)));
    mapping.duplicates().forEach(entry -> copy.add(moved(entry, text, indent)));
    copy.close();
    return copy;
  }

  private static Tree.Entry moved(Tree.Entry entry, Tree.Scalar text, int indent) {
    return new Tree.Entry(
        entry.key(),
        indent < 0 ? text.line() : entry.line(),
        indent < 0 ? text.column() : entry.column() + indent,
        moved(entry.value(), text, indent));
  }

  private static Optional<String> text(@Nullable Tree tree) {
    return tree instanceof Tree.Scalar scalar && scalar.type() == Tree.Scalar.Type.TEXT
        ? Optional.of(scalar.text())
        : Optional.empty();
  }
}
