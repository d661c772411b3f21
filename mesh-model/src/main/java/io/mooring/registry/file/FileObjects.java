package io.mooring.registry.file;

import io.mooring.model.ConfigKey;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.model.codec.Problem;
import io.mooring.model.validation.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one file contributes. Immutable.
 *
 * @param stated objects that its text has now
 * @param held objects of earlier texts that the text lacks
 * @param problems what is wrong with the text
 */
record FileObjects(
    SortedMap<ConfigKey, LocatedObject> stated,
    SortedMap<ConfigKey, LocatedObject> held,
    List<Problem> problems) {

  static final FileObjects NONE = new FileObjects(new TreeMap<>(), new TreeMap<>(), List.of());

  /** Returns the file after its text became {@code parsed}: what the text lacks is held. */
  FileObjects next(String file, ParsedConfig parsed) {
    SortedMap<ConfigKey, LocatedObject> next = new TreeMap<>();
    List<Problem> found = new ArrayList<>(parsed.problems());
    for (LocatedObject object : parsed.objects()) {
      LocatedObject first = next.putIfAbsent(object.object().key(), object);
      if (first != null) {
        found.add(duplicate(file, object, "line " + first.line()));
      }
    }
    SortedMap<ConfigKey, LocatedObject> left = new TreeMap<>(held);
    left.putAll(stated);
    left.keySet().removeAll(next.keySet());
    return new FileObjects(next, left, found);
  }

  /** Returns the file after it vanished: all is held. */
  FileObjects gone() {
    return next("", new ParsedConfig(List.of(), List.of()));
  }

  /** Returns the file without what it holds: what a wholly good text omits is gone for good. */
  FileObjects settled() {
    return new FileObjects(stated, new TreeMap<>(), problems);
  }

  /** Returns whether a document of the text was refused, so that what the text lacks must stay. */
  boolean isBroken() {
    return problems.stream().anyMatch(FileObjects::breaks);
  }

  /** Somebody else's kinds, and second documents of one object, leave nothing in doubt. */
  private static boolean breaks(Problem problem) {
    return isRejection(problem) && problem.code() != Problem.Code.DUPLICATE;
  }

  /** Returns whether {@code problem} keeps a document of ours out. */
  static boolean isRejection(Problem problem) {
    return problem.severity() == Severity.ERROR && !problem.unknownKind();
  }

  /** Returns the problem of an object that stands elsewhere already. */
  static Problem duplicate(String file, LocatedObject object, String elsewhere) {
    ConfigKey key = object.object().key();
    return new Problem(
        Severity.ERROR,
        Problem.Code.DUPLICATE,
        file,
        object.line(),
        object.column(),
        "$",
        key + " is defined in " + elsewhere + " already, which counts",
        Optional.of(key));
  }

  /** Returns the problem of a file that has no text to look at. */
  static Problem refusal(String file, Problem.Code code, String message) {
    return new Problem(Severity.ERROR, code, file, 1, 1, "$", message, Optional.empty());
  }
}
