package io.mooring.registry.file;

import io.mooring.model.Metadata;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.model.codec.Problem;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.validation.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A format in which each line is a document: {@code name address}, {@code bad}, {@code unknown},
 * {@code warning} or {@code crash}. So that tests of files say in a word what a file holds.
 */
final class LineParser {

  private LineParser() {}

  static ParsedConfig parse(String file, String text) {
    List<LocatedObject> objects = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      switch (lines.get(i)) {
        case "" -> {}
        case "bad" -> problems.add(problem(file, i, Severity.ERROR, Problem.Code.SYNTAX));
        case "unknown" -> problems.add(problem(file, i, Severity.ERROR, Problem.Code.UNKNOWN_KIND));
        case "warning" -> problems.add(problem(file, i, Severity.WARNING, Problem.Code.RULE));
        case "crash" -> throw new IllegalStateException("crash");
        default -> objects.add(new LocatedObject(entry(lines.get(i)), i + 1, 1));
      }
    }
    return new ParsedConfig(objects, problems);
  }

  static WorkloadEntry entry(String line) {
    String[] words = line.split(" ", 2);
    return WorkloadEntry.builder()
        .metadata(Metadata.of("demo", words[0]))
        .spec(WorkloadEntrySpec.builder().address(words.length > 1 ? words[1] : "10.0.0.1").build())
        .build();
  }

  private static Problem problem(String file, int line, Severity severity, Problem.Code code) {
    return new Problem(severity, code, file, line + 1, 1, "$", code.toString(), Optional.empty());
  }
}
