package io.mooring.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.cli.Failures.CommandFailedException;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.file.FileSource;
import io.mooring.xds.debug.ResourceJson;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.translate.listener.ListenerConflict;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mooring translate}: what one node would get, without a server. */
@Command(
    name = "translate",
    description = "Prints what a node would get, as sorted protobuf JSON.",
    showDefaultValues = true)
final class TranslateCommand implements Callable<Integer> {

  private static final long MAX_NODE_BYTES = 1 << 20;
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(20);

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
    if (!Files.isDirectory(config)) {
      throw new ParameterException(
          spec.commandLine(), "--config: '" + config + "' (expected: an existing directory)");
    }
    ProxyNode proxy = ProxyNode.parse(readNode());
    try (FileSource files = FileSource.of(config);
        ServiceRegistry registry = ServiceRegistry.builder().source(files).build().start()) {
      if (!registry.awaitSynced(READ_TIMEOUT)) {
        throw new CommandFailedException(config + " could not be read within " + READ_TIMEOUT);
      }
      MeshGenerator generator = new MeshGenerator(registry::snapshot);
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

  private Node readNode() throws IOException {
    if (!Files.isRegularFile(node) || Files.size(node) > MAX_NODE_BYTES) {
      throw new ParameterException(
          spec.commandLine(),
          "--node: '" + node + "' (expected: an existing file of at most 1 MiB)");
    }
    try {
      Object tree =
          new Load(LoadSettings.builder().setLabel(node.toString()).build())
              .loadFromString(Files.readString(node));
      Node.Builder builder = Node.newBuilder();
      JsonFormat.parser()
          .ignoringUnknownFields()
          .merge(new ObjectMapper().writeValueAsString(tree), builder);
      if (builder.getId().isEmpty()) {
        throw noNode("it has no id");
      }
      return builder.build();
    } catch (MalformedInputException e) {
      throw noNode("it is not UTF-8");
    } catch (StackOverflowError e) {
      throw noNode("it is nested too deeply");
    } catch (YamlEngineException | InvalidProtocolBufferException | JsonProcessingException e) {
      throw noNode(String.valueOf(e.getMessage()));
    }
  }

  private CommandFailedException noNode(String reason) {
    return new CommandFailedException("--node: " + node + " is no Envoy node: " + reason);
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
