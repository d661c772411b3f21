package io.mooring.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.controlplane.operator.OperatorClient;
import io.mooring.identity.IpLiteral;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.identity.bootstrap.CaptureMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mooring vm bundle}: everything that one VM needs, in a directory. */
@Command(
    name = "bundle",
    description = "Writes token, root-cert.pem, envoy.json and agent.json for one VM.",
    showDefaultValues = true)
final class VmBundleCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--namespace",
      required = true,
      paramLabel = "NS",
      description = "Namespace of the group.")
  private String namespace;

  @Option(
      names = "--group",
      required = true,
      paramLabel = "NAME",
      description = "Name of the group.")
  private String group;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Data directory of the running control plane.")
  private Path data;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path out;

  @Option(
      names = "--address",
      paramLabel = "IP",
      description =
          "The VM's address in the mesh; default: the one that reaches the control plane.")
  private @Nullable String address;

  @Option(
      names = "--bind",
      paramLabel = "IP",
      defaultValue = "127.0.0.1",
      description = "Where Envoy's admin page and, without capture, its outbound listeners are.")
  private String bind;

  @Option(
      names = "--capture",
      paramLabel = "MODE",
      defaultValue = "none",
      description = "none: applications call explicit ports; transparent: iptables redirects.")
  private CaptureMode capture;

  @Override
  public Integer call() throws IOException {
    requireMachine("--bind", bind);
    if (address != null) {
      requireMachine("--address", address);
    }
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new ParameterException(
          spec.commandLine(),
          "--out: '" + out + "' (expected: a directory, or a path where one can be created)");
    }
    BootstrapWriter.prepare(out); // before a token is made in vain
    ObjectNode request =
        JsonNodeFactory.instance
            .objectNode()
            .put("op", "bundle")
            .put("namespace", namespace)
            .put("group", group)
            .put("bind", bind)
            .put("capture", capture.toString());
    if (address != null) {
      request.put("address", address);
    }
    JsonNode files = OperatorClient.call(data, request).path("files");
    SortedMap<String, String> contents = new TreeMap<>();
    files.properties().forEach(file -> contents.put(file.getKey(), file.getValue().asText()));
    BootstrapWriter.write(contents, out);
    return 0;
  }

  private void requireMachine(String option, String text) {
    try {
      IpLiteral.requireOneMachine(option, text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
