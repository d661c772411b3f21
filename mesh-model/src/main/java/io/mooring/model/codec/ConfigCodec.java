package io.mooring.model.codec;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.validation.FieldPath;
import io.mooring.model.validation.Quoted;
import io.mooring.model.validation.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads and writes configuration objects as YAML or JSON. Thread-safe; expensive to create, so make
 * one and keep it.
 *
 * <p>Reading is strict and goes on: unknown fields, wrong types and broken rules refuse the
 * document that has them and no other, and all problems of a document are found at once. What is
 * read are the kinds of {@code networking.istio.io} (v1, v1beta1, v1alpha3), {@code
 * security.istio.io} (v1, v1beta1) and Kubernetes that have a type in the model, and MeshConfig and
 * MeshNetworks, each as a document ({@code mesh.istio.io/v1alpha1}) or both in the ConfigMap {@code
 * istio}.
 *
 * <p>Whatever the text, reading ends: it is bounded in depth (64 levels), in what aliases stand for
 * (500,000 values a document) and in the number of problems (1,000 a text).
 */
public final class ConfigCodec {

  private static final FieldPath API_VERSION = FieldPath.ROOT.field("apiVersion");
  private static final FieldPath ITEMS = FieldPath.ROOT.field("items");
  private static final FieldPath KIND = FieldPath.ROOT.field("kind");

  private final ObjectMapper mapper = ModelMapper.create();
  private final KindRegistry kinds = new KindRegistry(mapper);

  /** Creates the codec. */
  public ConfigCodec() {}

  /**
   * Returns what a text says.
   *
   * <p>YAML may have several documents, comments, anchors, {@code <<} and {@code kind: List}; a
   * document that is empty is no problem. Objects without a namespace get {@code default}.
   *
   * @param fileName name for messages; JSON where it ends with {@code .json}, else YAML, of which
   *     JSON is a part
   * @param text content of the file
   */
  public ParsedConfig parse(String fileName, String text) {
    requireNonNull(fileName, "fileName");
    requireNonNull(text, "text");
    return new Parse(fileName, text).run();
  }

  /**
   * Returns the object as YAML that {@link #parse} reads back as an equal object: alphabetical
   * order, nothing that has its default value, a line break at the end.
   */
  public String toYaml(ConfigObject object) {
    return YamlWriter.print(tree(object));
  }

  /** Returns the object as indented JSON, otherwise like {@link #toYaml}. */
  public String toJson(ConfigObject object) {
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(tree(object));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot print " + object.key(), e);
    }
  }

  private ObjectNode tree(ConfigObject object) {
    KnownKind kind =
        kinds
            .find(object.kind())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "kind "
                            + Quoted.value(object.kind())
                            + " is unknown (expected: "
                            + String.join(", ", kinds.names())
                            + ")"));
    ObjectNode tree = mapper.createObjectNode();
    tree.put("apiVersion", kind.apiVersions().get(0));
    tree.put("kind", kind.name());
    ObjectNode metadata = tree.putObject("metadata");
    ObjectNode body = mapper.valueToTree(object);
    if (body.get("metadata") instanceof ObjectNode own) {
      metadata.setAll(own);
    }
    metadata.remove("namespace");
    if (kind.namespaced()) {
      metadata.put("namespace", object.metadata().namespace()); // "default" is not everybody's
    }
    body.remove("metadata");
    addRequired(body, kind.schema());
    tree.setAll(body);
    return tree;
  }

  /** Adds the objects that must be there even if they say nothing, in alphabetical order. */
  private static void addRequired(ObjectNode tree, Schema.Fields schema) {
    for (String name : schema.required()) {
      if (!tree.has(name)) {
        SortedMap<String, JsonNode> sorted = new TreeMap<>();
        tree.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
        sorted.put(name, tree.objectNode());
        tree.removeAll();
        sorted.forEach(tree::set);
      }
      if (tree.get(name) instanceof ObjectNode child
          && schema.fields().get(name) instanceof Schema.Fields fields) {
        addRequired(child, fields);
      }
    }
  }

  /** One call of {@link #parse}. */
  private final class Parse {

    private final List<LocatedObject> objects = new ArrayList<>();
    private final ProblemCollector problems;
    private final String fileName;
    private final String text;
    private final boolean json;

    Parse(String fileName, String text) {
      this.fileName = fileName;
      this.text = text;
      problems = new ProblemCollector(fileName);
      json = fileName.toLowerCase(Locale.ROOT).endsWith(".json");
    }

    ParsedConfig run() {
      if (text.length() > TreeLimits.MAX_CHARACTERS) {
        problems.add(
            Severity.ERROR,
            Problem.Code.LIMIT,
            1,
            1,
            FieldPath.ROOT,
            text.length() + " characters (limit: " + TreeLimits.MAX_CHARACTERS + ")",
            Optional.empty());
      } else if (json) {
        JsonTreeReader.read(text).forEach(this::document);
      } else {
        SharedWords words = new SharedWords();
        DocumentSplitter.split(text)
            .forEach(part -> YamlTreeReader.read(part, words).forEach(this::document));
      }
      return new ParsedConfig(objects, problems.problems());
    }

    private void document(TreeDocument document) {
      document
          .fault()
          .ifPresentOrElse(
              fault ->
                  problems.add(
                      Severity.ERROR,
                      fault.code(),
                      fault.line(),
                      fault.column(),
                      FieldPath.ROOT,
                      fault.message(),
                      document.root().flatMap(this::key)),
              () -> document.root().filter(root -> !root.isNull()).ifPresent(this::value));
    }

    private void value(Tree tree) {
      if (!(tree instanceof Tree.Mapping root)) {
        structure(
            tree,
            FieldPath.ROOT,
            tree.describe() + " (expected: an object with apiVersion, kind and metadata)",
            Optional.empty());
        return;
      }
      Optional<String> kindName = text(root, "kind");
      Optional<String> apiVersion = text(root, "apiVersion");
      if (kindName.isEmpty()) {
        missingKind(root, apiVersion);
      } else if (kinds.isList(kindName.get())) {
        list(root);
      } else if (kindName.get().equals(MeshConfigMap.KIND) && MeshConfigMap.isOne(root)) {
        key(root)
            .map(key -> new MeshConfigMap(kinds, problems, fileName, text).read(root, key))
            .ifPresent(objects::addAll);
      } else {
        kinds
            .find(kindName.get())
            .ifPresentOrElse(
                kind -> object(root, kind, apiVersion), () -> unknownKind(root, kindName.get()));
      }
    }

    private void object(Tree.Mapping root, KnownKind kind, Optional<String> apiVersion) {
      Optional<ConfigKey> key = key(root);
      if (apiVersion.filter(kind.apiVersions()::contains).isPresent()) {
        new DocumentBinder(kind, root, key, problems)
            .bind()
            .map(object -> new LocatedObject(object, root.line(), root.column()))
            .ifPresent(objects::add);
        return;
      }
      // Other groups have a Service (Knative) or Gateway of their own, but no ServiceEntry.
      boolean foreign = apiVersion.filter(kind::isForeign).isPresent();
      Tree at = at(root, "apiVersion");
      problems.add(
          Severity.ERROR,
          foreign ? Problem.Code.UNKNOWN_KIND : Problem.Code.STRUCTURE,
          at.line(),
          at.column(),
          API_VERSION,
          apiVersion.map(Quoted::value).orElse("missing")
              + " (expected for "
              + kind.name()
              + ": "
              + String.join(", ", kind.apiVersions())
              + ")",
          foreign ? Optional.empty() : key);
      if (!foreign) {
        new DocumentBinder(kind, root, key, problems).bind();
      }
    }

    private void list(Tree.Mapping root) {
      Tree.Entry items = root.entries().get("items");
      if (items == null || items.value().isNull()) {
        return;
      }
      if (items.value() instanceof Tree.Sequence sequence) {
        for (int i = 0; i < sequence.items().size(); i++) {
          Tree item = sequence.items().get(i);
          if (item.isNull()) {
            structure(item, ITEMS.index(i), "null (expected: an object)", Optional.empty());
          } else {
            value(item);
          }
        }
      } else {
        structure(
            items.value(),
            ITEMS,
            items.value().describe() + " (expected: a list)",
            Optional.empty());
      }
    }

    private void unknownKind(Tree.Mapping root, String name) {
      Tree at = at(root, "kind");
      problems.add(
          Severity.ERROR,
          Problem.Code.UNKNOWN_KIND,
          at.line(),
          at.column(),
          KIND,
          "unknown kind "
              + Quoted.value(name)
              + NearestName.of(name, kinds.names())
                  .map(meant -> " (did you mean '" + meant + "'?)")
                  .orElseGet(() -> " (expected: " + String.join(", ", kinds.names()) + ")"),
          key(root));
    }

    private void missingKind(Tree.Mapping root, Optional<String> apiVersion) {
      boolean ours =
          apiVersion.filter(kinds::isOurs).isPresent() || root.entries().containsKey("kind");
      Tree at = at(root, "kind");
      problems.add(
          Severity.ERROR,
          ours ? Problem.Code.STRUCTURE : Problem.Code.MISSING_KIND,
          at.line(),
          at.column(),
          KIND,
          (at == root ? "missing" : at.describe())
              + " (expected: "
              + String.join(", ", kinds.names())
              + ")",
          Optional.empty());
    }

    private void structure(Tree at, FieldPath path, String message, Optional<ConfigKey> key) {
      problems.add(
          Severity.ERROR, Problem.Code.STRUCTURE, at.line(), at.column(), path, message, key);
    }

    /** The key of a document, also of one that is broken elsewhere. */
    private Optional<ConfigKey> key(Tree tree) {
      if (!(tree instanceof Tree.Mapping root)
          || !(at(root, "metadata") instanceof Tree.Mapping metadata)) {
        return Optional.empty();
      }
      Optional<String> kind = text(root, "kind");
      Optional<String> name = text(metadata, "name");
      if (kind.isEmpty() || name.isEmpty() || metadata == root) {
        return Optional.empty();
      }
      boolean namespaced = kinds.find(kind.get()).map(KnownKind::namespaced).orElse(true);
      String namespace =
          namespaced ? text(metadata, "namespace").filter(n -> !n.isEmpty()).orElse("default") : "";
      return Optional.of(new ConfigKey(kind.get(), namespace, name.get()));
    }

    /** The value of a field, or the object itself where there is none. */
    private static Tree at(Tree.Mapping root, String field) {
      Tree.Entry entry = root.entries().get(field);
      return entry == null ? root : entry.value();
    }

    private static Optional<String> text(Tree.Mapping root, String field) {
      return at(root, field) instanceof Tree.Scalar scalar && scalar.type() == Tree.Scalar.Type.TEXT
          ? Optional.of(scalar.text())
          : Optional.empty();
    }
  }
}
