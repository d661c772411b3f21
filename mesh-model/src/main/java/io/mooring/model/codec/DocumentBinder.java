package io.mooring.model.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.validation.ConfigValidator;
import io.mooring.model.validation.FieldPath;
import io.mooring.model.validation.Quoted;
import io.mooring.model.validation.Severity;
import io.mooring.model.validation.Violation;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes an object of the tree of one document of a known kind: check, bind, validate. Confined to
 * one document.
 */
final class DocumentBinder {

  private static final FieldPath NAMESPACE = FieldPath.ROOT.field("metadata").field("namespace");

  /** Absent, these mean everything; empty, they look like nothing, which the model cannot hold. */
  private static final Map<String, List<List<String>>> EMPTY_REFUSED =
      Map.of(
          "AuthorizationPolicy",
          List.of(List.of("spec", "rules", "from"), List.of("spec", "rules", "to")),
          "PeerAuthentication",
          List.of(List.of("spec", "portLevelMtls")));

  private final KnownKind kind;
  private final Tree.Mapping root;
  private final ProblemCollector problems;
  private final Optional<ConfigKey> key;
  private final SchemaCheck check;
  private boolean refused;

  DocumentBinder(
      KnownKind kind, Tree.Mapping root, Optional<ConfigKey> key, ProblemCollector problems) {
    this.kind = kind;
    this.root = root;
    this.key = key;
    this.problems = problems;
    this.check = new SchemaCheck(problems, key);
  }

  /** Returns the object; empty where any problem is an error. */
  Optional<ConfigObject> bind() {
    Optional<ConfigObject> object = read();
    EMPTY_REFUSED
        .getOrDefault(kind.name(), List.of())
        .forEach(path -> refuseEmpty(root, FieldPath.ROOT, path));
    object.ifPresent(this::validate);
    return refused ? Optional.empty() : object;
  }

  /** Returns whatever of the document fits the schema, as an object. */
  Optional<ConfigObject> read() {
    Tree.Mapping body = body();
    check.check(body, kind.schema(), FieldPath.ROOT);
    refused |= check.failed();
    ObjectNode json = (ObjectNode) json(body);
    setNamespace(json);
    return read(json);
  }

  /** The document without the two fields that every kind has. */
  private Tree.Mapping body() {
    Tree.Mapping body = new Tree.Mapping(root.line(), root.column());
    for (Tree.Entry entry : root.entries().values()) {
      if (!isHeader(entry)) {
        body.add(entry);
      }
    }
    root.duplicates().stream().filter(entry -> !isHeader(entry)).forEach(body::add);
    for (Tree.Entry entry : root.duplicates()) {
      if (isHeader(entry)) {
        refuse(
            entry.line(),
            entry.column(),
            FieldPath.ROOT.field(entry.key()),
            "key " + Quoted.value(entry.key()) + " is there twice");
      }
    }
    return body;
  }

  private static boolean isHeader(Tree.Entry entry) {
    return entry.key().equals("apiVersion") || entry.key().equals("kind");
  }

  private void setNamespace(ObjectNode json) {
    JsonNode metadata = json.get("metadata");
    if (!kind.namespaced()) {
      ObjectNode own = metadata instanceof ObjectNode object ? object : json.putObject("metadata");
      own.put("namespace", "");
    } else if (metadata instanceof ObjectNode object
        && object.path("namespace").isTextual()
        && object.path("namespace").textValue().isEmpty()) {
      object.remove("namespace"); // as kubectl: none is the default one
    }
  }

  private Optional<ConfigObject> read(ObjectNode json) {
    try {
      return Optional.of(kind.reader().readValue(json));
    } catch (JsonProcessingException e) {
      refuse(root.line(), root.column(), FieldPath.ROOT, Quoted.text(e.getOriginalMessage(), 200));
    } catch (IOException e) {
      refuse(root.line(), root.column(), FieldPath.ROOT, Quoted.text(String.valueOf(e), 200));
    }
    return Optional.empty();
  }

  private void validate(ConfigObject object) {
    for (Violation violation : ConfigValidator.validate(object)) {
      if (check.isSuspect(violation.path())
          || (!kind.namespaced() && violation.path().equals(NAMESPACE))) {
        continue;
      }
      refused |= violation.severity() == Severity.ERROR;
      Tree at = locate(violation.path());
      problems.add(
          violation.severity(),
          Problem.Code.RULE,
          at.line(),
          at.column(),
          violation.path(),
          violation.message(),
          key);
    }
  }

  /** Refuses an empty list or map at a path, in every element of the lists on it. */
  private void refuseEmpty(Tree tree, FieldPath path, List<String> rest) {
    if (rest.isEmpty()) {
      boolean empty =
          tree instanceof Tree.Sequence list
              ? list.items().isEmpty()
              : tree instanceof Tree.Mapping map && map.entries().isEmpty();
      if (empty) {
        refuse(tree.line(), tree.column(), path, "empty (expected: one or more, or no such field)");
      }
    } else if (tree instanceof Tree.Sequence list) {
      for (int i = 0; i < list.items().size(); i++) {
        refuseEmpty(list.items().get(i), path.index(i), rest);
      }
    } else if (tree instanceof Tree.Mapping map) {
      Tree value = map.value(rest.get(0));
      if (value != null) {
        refuseEmpty(value, path.field(rest.get(0)), rest.subList(1, rest.size()));
      }
    }
  }

  private void refuse(int line, int column, FieldPath path, String message) {
    refused = true;
    problems.add(Severity.ERROR, Problem.Code.STRUCTURE, line, column, path, message, key);
  }

  /** The value at a path; where it is absent, the nearest value around it. */
  private Tree locate(FieldPath path) {
    if (path.parent().isEmpty()) {
      return root;
    }
    Tree parent = locate(path.parent().get());
    if (parent instanceof Tree.Sequence list && path.index().isPresent()) {
      int index = path.index().getAsInt();
      return index < list.items().size() ? list.items().get(index) : parent;
    }
    if (parent instanceof Tree.Mapping map && path.index().isEmpty()) {
      Tree.Entry entry = map.entries().get(path.name());
      return entry == null ? parent : entry.value();
    }
    return parent;
  }

  private JsonNode json(Tree tree) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (tree instanceof Tree.Mapping mapping) {
      ObjectNode object = nodes.objectNode();
      for (Tree.Entry entry : mapping.entries().values()) {
        check
            .repaired(entry.value())
            .filter(value -> !value.isNull())
            .ifPresent(value -> object.set(entry.key(), json(value)));
      }
      return object;
    }
    if (tree instanceof Tree.Sequence sequence) {
      ArrayNode array = nodes.arrayNode();
      for (Tree item : sequence.items()) {
        check.repaired(item).ifPresent(value -> array.add(json(value)));
      }
      return array;
    }
    Tree.Scalar scalar = (Tree.Scalar) tree;
    return switch (scalar.type()) {
      case NULL -> nodes.nullNode();
      case BOOLEAN -> nodes.booleanNode(scalar.text().equals("true"));
      case INTEGER -> integer(Long.parseLong(scalar.text()));
      case DECIMAL -> nodes.numberNode(Double.parseDouble(scalar.text()));
      case TEXT -> nodes.textNode(scalar.text());
    };
  }

  /** IntOrString has a creator for int alone. */
  private static JsonNode integer(long value) {
    return value == (int) value
        ? JsonNodeFactory.instance.numberNode((int) value)
        : JsonNodeFactory.instance.numberNode(value);
  }
}
