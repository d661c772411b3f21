package io.mooring.cli;

import io.mooring.cli.Failures.CommandFailedException;
import io.mooring.identity.agent.EnvoyBinary;
import io.mooring.identity.agent.VmAgent;
import io.mooring.identity.agent.VmAgentBuilder;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mooring vm join}: the agent on a VM, until it is told to end. */
@Command(
    name = "join",
    description = "Joins this VM, keeps its certificate fresh and runs Envoy.",
    showDefaultValues = true)
final class VmJoinCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--bundle",
      required = true,
      paramLabel = "DIR",
      description = "What 'vm bundle' wrote.")
  private Path bundle;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Where key and certificate are kept; default: state in the bundle.")
  private @Nullable Path state;

  @Option(
      names = "--envoy",
      paramLabel = "FILE",
      description = "The Envoy to run; default: ENVOY_BINARY, else envoy on the PATH.")
  private @Nullable Path envoy;

  @Option(
      names = "--workload-api",
      paramLabel = "SOCKET",
      description =
          "Where programs find the SPIFFE Workload API: a path for a Unix socket of mode 0660;"
              + " default: a private directory.")
  private @Nullable Path workloadApi;

  @Option(
      names = "--certs",
      paramLabel = "DIR",
      description = "Where certificate, key and roots are kept as files; default: nowhere.")
  private @Nullable Path certs;

  @Override
  public Integer call() throws Exception {
    if (!Files.isDirectory(bundle)) {
      throw new ParameterException(
          spec.commandLine(), "--bundle: '" + bundle + "' (expected: an existing directory)");
    }
    VmAgentBuilder builder = VmAgent.builder().bundle(bundle).envoy(envoyBinary());
    if (state != null) {
      builder.state(state);
    }
    if (workloadApi != null) {
      builder.workloadSocket(workloadApi);
    }
    if (certs != null) {
      builder.certificateFiles(certs);
    }
    Termination termination = Mooring.termination(spec);
    VmAgent agent = termination.closing(builder::start);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "joined spiffe_id="
            + agent.spiffeId()
            + agent.envoyAdmin().map(it -> " envoy_admin=" + ServeCommand.hostPort(it)).orElse(""));
    out.flush();
    termination.await();
    return 0;
  }

  private Path envoyBinary() {
    if (envoy != null) {
      if (!Files.isRegularFile(envoy) || !Files.isExecutable(envoy)) {
        throw new ParameterException(
            spec.commandLine(), "--envoy: '" + envoy + "' (expected: an executable file)");
      }
      return envoy;
    }
    return EnvoyBinary.find()
        .orElseThrow(
            () ->
                new CommandFailedException(
                    "no Envoy found (expected: --envoy FILE, ENVOY_BINARY, or envoy on the PATH)"));
  }
}
