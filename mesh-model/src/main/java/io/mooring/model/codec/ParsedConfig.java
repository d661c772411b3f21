package io.mooring.model.codec;

import io.mooring.model.validation.Severity;
import java.util.List;

/**
 * What a text says. Immutable.
 *
 * @param objects the objects without an error, in the order of the text
 * @param problems what is wrong, by position; at most a thousand, and then one that counts the rest
 */
public record ParsedConfig(List<LocatedObject> objects, List<Problem> problems) {

  public ParsedConfig {
    objects = List.copyOf(objects);
    problems = List.copyOf(problems);
  }

  /** Returns whether any document was refused. */
  public boolean hasErrors() {
    return problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
  }
}
