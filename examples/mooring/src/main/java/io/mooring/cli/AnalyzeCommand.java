package io.mooring.cli;

import io.mooring.analysis.Finding;
import io.mooring.analysis.FindingCode.Level;
import io.mooring.analysis.MeshAnalysis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mooring analyze}: what is accepted, and yet will not do what its author meant. */
@Command(
    name = "analyze",
    description =
        "Prints what is accepted and yet will not work, a line a finding:"
            + " level: CODE: object: reason; advice.",
    showDefaultValues = true)
final class AnalyzeCommand implements Callable<Integer> {

  private static final int MAX_OUTPUT_CHARS = 900_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "DIR",
      description = "Directory of YAML and JSON files.")
  private Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory of a control plane: the VMs that it has registered count too.")
  private @Nullable Path data;

  @Override
  public Integer call() throws IOException, InterruptedException {
    MeshFiles.require(spec, config, data);
    try (MeshFiles files = MeshFiles.open(config, data)) {
      List<Finding> findings = new ArrayList<>(MeshAnalysis.of(files.snapshot()));
      if (data != null) {
        findings.addAll(ExpiringEntries.of(data, files.snapshot()));
        findings.sort(null);
      }
      print(findings);
      return findings.stream().allMatch(it -> it.code().level() == Level.INFORMATION) ? 0 : 1;
    }
  }

  private void print(List<Finding> findings) {
    int printed = 0;
    for (int i = 0; i < findings.size(); i++) {
      String line = findings.get(i).toString();
      printed += line.length() + 1;
      if (printed > MAX_OUTPUT_CHARS) {
        spec.commandLine().getOut().println(findings.size() - i + " more findings are not shown");
        return;
      }
      spec.commandLine().getOut().println(line);
    }
  }
}
