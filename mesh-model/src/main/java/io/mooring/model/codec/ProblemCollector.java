package io.mooring.model.codec;

import io.mooring.model.ConfigKey;
import io.mooring.model.validation.FieldPath;
import io.mooring.model.validation.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Gathers the problems of one text, up to a bound. Confined to one parse. */
final class ProblemCollector {

  static final int MAX_PROBLEMS = 1_000;

  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private int leftOut;
  private boolean leftOutError;

  ProblemCollector(String file) {
    this.file = file;
  }

  void add(Problem problem) {
    if (!isFull()) {
      problems.add(problem);
    } else {
      leftOut++;
      leftOutError |= problem.severity() == Severity.ERROR;
    }
  }

  void add(
      Severity severity,
      Problem.Code code,
      int line,
      int column,
      FieldPath path,
      String message,
      Optional<ConfigKey> object) {
    if (!isFull()) {
      problems.add(
          new Problem(severity, code, file, line, column, path.toString(), message, object));
    } else {
      leftOut++;
      leftOutError |= severity == Severity.ERROR;
    }
  }

  /** Returns whether further problems are only counted. */
  boolean isFull() {
    return problems.size() >= MAX_PROBLEMS;
  }

  /** Returns the problems by position, and last one that counts those that were left out. */
  List<Problem> problems() {
    List<Problem> sorted = new ArrayList<>(problems);
    Collections.sort(sorted);
    if (leftOut > 0) {
      Problem last = sorted.get(sorted.size() - 1);
      sorted.add(
          new Problem(
              leftOutError ? Severity.ERROR : Severity.WARNING,
              Problem.Code.LIMIT,
              file,
              last.line(),
              last.column(),
              FieldPath.ROOT.toString(),
              leftOut + " more problems left out (limit: " + MAX_PROBLEMS + " per file)",
              Optional.empty()));
    }
    return sorted;
  }
}
