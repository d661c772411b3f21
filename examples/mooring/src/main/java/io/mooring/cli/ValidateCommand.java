package io.mooring.cli;

import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.Problem;
import io.mooring.model.validation.Severity;
import io.mooring.registry.file.ConfigFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        "Checks configuration; prints one line a problem: file:line:column: severity: path: message.")
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
      for (Path file : Files.isDirectory(path) ? ConfigFiles.list(path) : List.of(path)) {
        ConfigFiles.parse(file, codec).problems().forEach(this::report);
      }
    }
    if (leftOut > 0) {
      out().println(leftOut + " more problems are not shown");
    }
    return failed ? 1 : 0;
  }

  private void report(Problem problem) {
    failed |= problem.severity() == Severity.ERROR;
    String line = problem.toString();
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
