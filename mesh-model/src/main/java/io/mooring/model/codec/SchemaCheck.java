package io.mooring.model.codec;

import io.mooring.model.ConfigKey;
import io.mooring.model.validation.FieldPath;
import io.mooring.model.validation.Quoted;
import io.mooring.model.validation.Severity;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Compares a tree with a schema and finds everything that does not fit. Confined to one document.
 *
 * <p>What does not fit is left out of the {@link #repaired} tree, so that the rest can be bound and
 * validated in the same pass, and is remembered as suspect, so that nothing is said of it twice.
 */
final class SchemaCheck {

  private final ProblemCollector problems;
  private final Optional<ConfigKey> object;
  private final Set<FieldPath> suspects = new HashSet<>(0);
  private final Set<FieldPath> aroundSuspects = new HashSet<>(0);
  private boolean failed;
  private final IdentityHashMap<Tree, Optional<Tree>> replacements = new IdentityHashMap<>(0);

  SchemaCheck(ProblemCollector problems, Optional<ConfigKey> object) {
    this.problems = problems;
    this.object = object;
  }

  /** Checks a value that is not null. */
  void check(Tree tree, Schema schema, FieldPath path) {
    if (schema == Schema.Scalar.ANY) {
      checkAny(tree, path);
    } else if (schema instanceof Schema.Fields fields) {
      checkFields(tree, fields, path);
    } else if (schema instanceof Schema.MapOf map) {
      checkMap(tree, map, path);
    } else if (schema instanceof Schema.ListOf list) {
      checkList(tree, list, path);
    } else if (tree instanceof Tree.Scalar scalar) {
      checkScalar(scalar, schema, path);
    } else {
      reject(tree, schema, path);
    }
  }

  /** Returns what stands for a value: itself, a neutral one, or nothing. */
  Optional<Tree> repaired(Tree tree) {
    return replacements.getOrDefault(tree, Optional.of(tree));
  }

  /** Returns whether a rule about {@code path} would only repeat a problem that is known. */
  boolean isSuspect(FieldPath path) {
    if (aroundSuspects.contains(path)) {
      return true;
    }
    for (Optional<FieldPath> at = Optional.of(path); at.isPresent(); at = at.get().parent()) {
      if (suspects.contains(at.get())) {
        return true;
      }
    }
    return false;
  }

  private void suspect(FieldPath path) {
    suspects.add(path);
    Optional<FieldPath> at = path.parent();
    while (at.isPresent() && aroundSuspects.add(at.get())) {
      at = at.get().parent();
    }
  }

  /** Returns whether anything did not fit. */
  boolean failed() {
    return failed;
  }

  private void report(int line, int column, FieldPath path, Supplier<String> message) {
    failed = true;
    report(Severity.ERROR, line, column, path, message);
  }

  private void report(
      Severity severity, int line, int column, FieldPath path, Supplier<String> message) {
    problems.add(
        severity,
        Problem.Code.STRUCTURE,
        line,
        column,
        path,
        problems.isFull() ? "" : message.get(),
        object);
  }

  private void checkFields(Tree tree, Schema.Fields schema, FieldPath path) {
    if (!(tree instanceof Tree.Mapping mapping)) {
      reject(tree, schema, path);
      return;
    }
    mapping.rename(schema.aliases());
    reportDuplicates(mapping, path);
    schema.required().forEach(name -> checkPresent(mapping, name, path));
    for (Tree.Entry entry : mapping.entries().values()) {
      Schema field = schema.fields().get(entry.key());
      if (field == null) {
        if (schema.unknown() != Schema.Unknown.PASSED_OVER
            && !schema.ignored().contains(entry.key())) {
          reportUnknown(entry, schema, path);
        }
        replacements.put(entry.value(), Optional.empty());
      } else if (!entry.value().isNull()) {
        check(entry.value(), field, path.field(entry.key()));
      }
    }
  }

  private void checkPresent(Tree.Mapping mapping, String name, FieldPath path) {
    Tree value = mapping.value(name);
    if (value == null || value.isNull()) {
      suspect(path.field(name));
      report(
          mapping.line(),
          mapping.column(),
          path.field(name),
          () -> "missing (expected: an object, which may be empty)");
    }
  }

  private void reportUnknown(Tree.Entry entry, Schema.Fields schema, FieldPath path) {
    Optional<String> meant = NearestName.of(entry.key(), schema.fields().keySet());
    if (schema.unknown() == Schema.Unknown.REFUSED) {
      meant.ifPresent(name -> suspect(path.field(name)));
      suspect(path.field(entry.key()));
      failed = true;
    }
    report(
        schema.unknown() == Schema.Unknown.REFUSED ? Severity.ERROR : Severity.WARNING,
        entry.line(),
        entry.column(),
        path.field(entry.key()),
        () ->
            "unknown field "
                + Quoted.value(entry.key())
                + meant
                    .map(name -> " (did you mean '" + name + "'?)")
                    .orElseGet(
                        () -> " (expected: " + String.join(", ", schema.fields().keySet()) + ")"));
  }

  private void checkMap(Tree tree, Schema.MapOf schema, FieldPath path) {
    if (!(tree instanceof Tree.Mapping mapping)) {
      reject(tree, schema, path);
      return;
    }
    reportDuplicates(mapping, path);
    for (Tree.Entry entry : mapping.entries().values()) {
      FieldPath child = path.field(entry.key());
      if (schema.numbered() && integer(entry.key(), Integer.MAX_VALUE).isEmpty()) {
        suspect(child);
        replacements.put(entry.value(), Optional.empty());
        report(
            entry.line(),
            entry.column(),
            child,
            () -> "key " + Quoted.value(entry.key()) + " is no whole number");
      } else if (entry.value().isNull()) {
        reject(entry.value(), schema.value(), child);
      } else {
        check(entry.value(), schema.value(), child);
      }
    }
  }

  private void checkList(Tree tree, Schema.ListOf schema, FieldPath path) {
    if (!(tree instanceof Tree.Sequence sequence)) {
      reject(tree, schema, path);
      return;
    }
    for (int i = 0; i < sequence.items().size(); i++) {
      Tree item = sequence.items().get(i);
      FieldPath child = path.index(i);
      if (item.isNull()) {
        reject(item, schema.element(), child);
      } else {
        check(item, schema.element(), child);
      }
      if (repaired(item).isEmpty()) { // keeps the positions of those after it
        replacements.put(item, Optional.of(neutral(schema.element(), item)));
      }
    }
  }

  /** Whatever JSON can say. */
  private void checkAny(Tree tree, FieldPath path) {
    if (tree instanceof Tree.Mapping mapping) {
      reportDuplicates(mapping, path);
      mapping.entries().values().forEach(entry -> checkAny(entry.value(), path.field(entry.key())));
    } else if (tree instanceof Tree.Sequence sequence) {
      for (int i = 0; i < sequence.items().size(); i++) {
        checkAny(sequence.items().get(i), path.index(i));
      }
    } else if (tree instanceof Tree.Scalar scalar
        && ((scalar.type() == Tree.Scalar.Type.INTEGER && !fits(scalar, Schema.Scalar.LONG))
            || (scalar.type() == Tree.Scalar.Type.DECIMAL && !isFinite(scalar)))) {
      reject(scalar, Schema.Scalar.DECIMAL, path);
    }
  }

  private static Tree neutral(Schema schema, Tree at) {
    return schema instanceof Schema.Fields
        ? new Tree.Mapping(at.line(), at.column())
        : new Tree.Scalar(Tree.Scalar.Type.TEXT, "", at.line(), at.column());
  }

  private void reportDuplicates(Tree.Mapping mapping, FieldPath path) {
    for (Tree.Entry entry : mapping.duplicates()) {
      Tree.Entry first = mapping.entries().get(entry.key());
      report(
          entry.line(),
          entry.column(),
          path.field(entry.key()),
          () ->
              "key "
                  + Quoted.value(entry.key())
                  + " is there twice (first on line "
                  + (first == null ? entry.line() : first.line())
                  + ")");
    }
  }

  private void checkScalar(Tree.Scalar scalar, Schema schema, FieldPath path) {
    boolean fits =
        schema instanceof Schema.Choice choice
            ? scalar.type() == Tree.Scalar.Type.TEXT && choice.names().contains(scalar.text())
            : fits(scalar, (Schema.Scalar) schema);
    if (!fits) {
      reject(scalar, schema, path);
    }
  }

  private static boolean fits(Tree.Scalar scalar, Schema.Scalar schema) {
    boolean text = scalar.type() == Tree.Scalar.Type.TEXT;
    boolean integer = scalar.type() == Tree.Scalar.Type.INTEGER;
    return switch (schema) {
      case ANY -> true;
      case TEXT -> text;
      case BOOLEAN -> scalar.type() == Tree.Scalar.Type.BOOLEAN;
      case INT -> integer && integer(scalar.text(), Integer.MAX_VALUE).isPresent();
      // protobuf's JSON writes 64-bit numbers as text
      case LONG -> (integer || text) && integer(scalar.text(), Long.MAX_VALUE).isPresent();
      case DECIMAL -> integer || (scalar.type() == Tree.Scalar.Type.DECIMAL && isFinite(scalar));
      case DURATION -> (text || integer) && DurationText.parse(scalar.text()).isPresent();
      case TIMESTAMP -> text && isTime(scalar.text());
      case INT_OR_TEXT ->
          text || (integer && integer(scalar.text(), Integer.MAX_VALUE).isPresent());
    };
  }

  private static Optional<Long> integer(String text, long max) {
    try {
      long value = Long.parseLong(text);
      return value <= max && value >= -max - 1 ? Optional.of(value) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean isFinite(Tree.Scalar scalar) {
    try {
      return Double.isFinite(Double.parseDouble(scalar.text()));
    } catch (NumberFormatException e) {
      return false; // .inf and .nan, which are no JSON
    }
  }

  private static boolean isTime(String text) {
    try {
      return OffsetDateTime.parse(text) != null;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private void reject(Tree tree, Schema schema, FieldPath path) {
    suspect(path);
    replacements.put(tree, Optional.empty());
    report(
        tree.line(),
        tree.column(),
        path,
        () -> describe(tree, schema) + " (expected: " + schema.expected() + ")");
  }

  private static String describe(Tree tree, Schema schema) {
    if (tree instanceof Tree.Scalar scalar && !scalar.isNull()) {
      boolean rightType =
          scalar.type() == Tree.Scalar.Type.TEXT
              ? schema instanceof Schema.Choice
                  || schema == Schema.Scalar.DURATION
                  || schema == Schema.Scalar.TIMESTAMP
              : scalar.type() == Tree.Scalar.Type.INTEGER
                  && schema instanceof Schema.Scalar
                  && schema != Schema.Scalar.TEXT
                  && schema != Schema.Scalar.BOOLEAN;
      return Quoted.value(scalar.text()) + (rightType ? "" : " is " + scalar.describe());
    }
    return tree.describe();
  }
}
