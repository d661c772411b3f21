package io.mooring.cli;

import io.mooring.xds.debug.ResourceJson;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.translate.listener.ListenerConflict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mooring translate}: what one node would get, without a server. */
@Command(
    name = "translate",
    description = "Prints what a node would get, as sorted protobuf JSON.",
    showDefaultValues = true)
final class TranslateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "DIR",
      description = "Directory of YAML and JSON files.")
  private Path config;

  @Option(
      names = "--node",
      required = true,
      paramLabel = "FILE",
      description = "An Envoy node, JSON or YAML: id and metadata as Istio's agent sends them.")
  private Path node;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "all",
      description = "lds, rds, cds, eds or all.")
  private Type type;

  @Override
  public Integer call() throws IOException, InterruptedException {
    MeshFiles.require(spec, config);
    ProxyNode proxy = NodeFile.read(spec, "--node", node);
    try (MeshFiles files = MeshFiles.open(config)) {
      MeshGenerator generator = new MeshGenerator(files::snapshot);
      ResourceSet resources = generator.initial(proxy);
      for (ListenerConflict conflict : generator.conflicts(proxy)) {
        spec.commandLine()
            .getErr()
            .println(
                "notice: listener %s leaves out %s: %s"
                    .formatted(conflict.listener(), conflict.service(), conflict.reason()));
      }
      spec.commandLine().getOut().println(ResourceJson.print(resources, type.types()));
    }
    return 0;
  }

  private enum Type {
    LDS,
    RDS,
    CDS,
    EDS,
    ALL;

    Set<XdsType> types() {
      return switch (this) {
        case LDS -> Set.of(XdsType.LISTENER);
        case RDS -> Set.of(XdsType.ROUTE);
        case CDS -> Set.of(XdsType.CLUSTER);
        case EDS -> Set.of(XdsType.ENDPOINT);
        case ALL -> Set.of(XdsType.LISTENER, XdsType.ROUTE, XdsType.CLUSTER, XdsType.ENDPOINT);
      };
    }
  }
}
