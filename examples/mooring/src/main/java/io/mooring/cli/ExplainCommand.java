package io.mooring.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.cli.Failures.CommandFailedException;
import io.mooring.model.ConfigKey;
import io.mooring.model.Locality;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.xds.explain.Explanation;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.node.ProxyNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mooring explain}: why a proxy reaches a service, or why not. */
@Command(
    name = "explain",
    description =
        "Follows a call from one proxy to a host and port, and says what was passed over and why.",
    showDefaultValues = true)
final class ExplainCommand implements Callable<Integer> {

  private static final Pattern WORKLOAD = Pattern.compile("([a-z0-9-]+)/([a-z0-9.-]+)");

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "DIR",
      description = "Directory of YAML and JSON files.")
  private Path config;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "NODE",
      description =
          "A file with an Envoy node, as for translate, or NAMESPACE/NAME of a WorkloadEntry.")
  private String from;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "HOST:PORT",
      description = "What the application calls: a full or short name, or an IP.")
  private InetSocketAddress to;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory of a control plane: the VMs that it has registered count too.")
  private @Nullable Path data;

  @Override
  public Integer call() throws IOException, InterruptedException {
    MeshFiles.require(spec, config, data);
    Matcher workload = WORKLOAD.matcher(from);
    boolean isFile = Files.exists(Path.of(from));
    if (!isFile && !workload.matches()) {
      throw new ParameterException(
          spec.commandLine(),
          "--from: '" + from + "' (expected: an existing file, or NAMESPACE/NAME)");
    }
    try (MeshFiles files = MeshFiles.open(config, data)) {
      RegistrySnapshot snapshot = files.snapshot();
      ProxyNode node =
          isFile
              ? NodeFile.read(spec, "--from", Path.of(from))
              : node(snapshot, workload.group(1), workload.group(2));
      Explanation explanation =
          Explanation.of(
              snapshot,
              node,
              new MeshGenerator(() -> snapshot).initial(node),
              to.getHostString(),
              to.getPort());
      spec.commandLine().getOut().println(explanation);
      return explanation.reachable() ? 0 : 1;
    }
  }

  private static ProxyNode node(RegistrySnapshot snapshot, String namespace, String name) {
    WorkloadEntry entry =
        snapshot
            .object(new ConfigKey("WorkloadEntry", namespace, name))
            .filter(WorkloadEntry.class::isInstance)
            .map(WorkloadEntry.class::cast)
            .orElseThrow(
                () ->
                    new CommandFailedException(
                        "--from: there is no WorkloadEntry/%s/%s".formatted(namespace, name)));
    String address = entry.spec().address();
    Locality locality = Locality.parse(entry.spec().locality());
    return ProxyNode.parse(
        Node.newBuilder()
            .setId(
                "sidecar~%s~%s.%s~%s.svc.%s"
                    .formatted(
                        address, name, namespace, namespace, snapshot.settings().clusterDomain()))
            .setLocality(
                io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
                    .setRegion(locality.region())
                    .setZone(locality.zone())
                    .setSubZone(locality.subzone()))
            .setMetadata(
                Struct.newBuilder()
                    .putFields("NAMESPACE", text(namespace))
                    .putFields("INSTANCE_IPS", text(address))
                    .putFields("NETWORK", text(entry.spec().network()))
                    .putFields("SERVICE_ACCOUNT", text(entry.spec().serviceAccount()))
                    .putFields("LABELS", labels(entry)))
            .build());
  }

  /** Rules may be for some proxies only. */
  private static Value labels(WorkloadEntry entry) {
    Struct.Builder labels = Struct.newBuilder();
    entry.spec().labels().forEach((name, value) -> labels.putFields(name, text(value)));
    entry.metadata().labels().forEach((name, value) -> labels.putFields(name, text(value)));
    return Value.newBuilder().setStructValue(labels).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
