package io.mooring.cli;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.model.codec.Problem;
import io.mooring.model.validation.MeshValidator;
import io.mooring.model.validation.Severity;
import io.mooring.registry.file.ConfigFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mooring validate}: one line a problem, status 1 if one is an error. */
@Command(
    name = "validate",
    description =
        "Checks configuration; prints one line a problem: file:line:column: severity: path:"
            + " message.")
final class ValidateCommand implements Callable<Integer> {

  private static final int MAX_OUTPUT_CHARS = 900_000;

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files, or directories of them.")
  private List<Path> paths;

  private int printedChars;
  private int leftOut;
  private boolean failed;

  @Override
  public Integer call() throws IOException {
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new ParameterException(
            spec.commandLine(), "PATH: '" + path + "' (expected: an existing file or directory)");
      }
    }
    ConfigCodec codec = new ConfigCodec();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        validateMesh(path, codec);
      } else {
        ConfigFiles.parse(path, codec).problems().forEach(this::report);
      }
    }
    if (leftOut > 0) {
      out().println(leftOut + " more problems are not shown");
    }
    return failed ? 1 : 0;
  }

  /** A directory is taken for a whole mesh: objects that each are right may not fit together. */
  private void validateMesh(Path directory, ConfigCodec codec) throws IOException {
    Map<ConfigKey, String> placesByKey = new HashMap<>();
    List<ConfigObject> objects = new ArrayList<>();
    for (Path file : ConfigFiles.list(directory)) {
      ParsedConfig parsed = ConfigFiles.parse(file, codec);
      parsed.problems().forEach(this::report);
      for (LocatedObject located : parsed.objects()) {
        objects.add(located.object());
        placesByKey.put(
            located.object().key(), file + ":" + located.line() + ":" + located.column());
      }
    }
    MeshValidator.validate(objects)
        .forEach(
            (key, violations) ->
                violations.forEach(
                    violation ->
                        report(placesByKey.get(key) + ": " + violation, violation.severity())));
  }

  private void report(Problem problem) {
    report(problem.toString(), problem.severity());
  }

  private void report(String line, Severity severity) {
    failed |= severity == Severity.ERROR;
    if (printedChars + line.length() > MAX_OUTPUT_CHARS) {
      leftOut++;
      return;
    }
    printedChars += line.length() + 1;
    out().println(line);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
