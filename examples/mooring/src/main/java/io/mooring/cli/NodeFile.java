package io.mooring.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.cli.Failures.CommandFailedException;
import io.mooring.xds.node.ProxyNode;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** An Envoy node in a file, JSON or YAML. */
final class NodeFile {

  private static final long MAX_BYTES = 1 << 20;
  private static final int MAX_SHOWN = 100;

  /** As Istio's agent says who it is; the address of a VM without one of its own may be empty. */
  private static final Pattern ID =
      Pattern.compile("(sidecar|router|waypoint|ztunnel|agentgateway)~[^~]*~[^~]+\\.[^~.]+~[^~]*");

  private static final String ID_FORM = "sidecar~IP~NAME.NAMESPACE~DOMAIN";

  private NodeFile() {}

  static ProxyNode read(CommandSpec spec, String option, Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
      throw new ParameterException(
          spec.commandLine(),
          option + ": '" + file + "' (expected: an existing file of at most 1 MiB)");
    }
    try {
      Object tree =
          new Load(LoadSettings.builder().setLabel(file.toString()).build())
              .loadFromString(Files.readString(file));
      Node.Builder builder = Node.newBuilder();
      JsonFormat.parser()
          .ignoringUnknownFields()
          .merge(new ObjectMapper().writeValueAsString(tree), builder);
      if (builder.getId().isEmpty()) {
        throw noNode(option, file, "it has no id (expected: " + ID_FORM + ")");
      }
      if (!ID.matcher(builder.getId()).matches()) {
        throw noNode(
            option, file, "id: '%s' (expected: %s)".formatted(shown(builder.getId()), ID_FORM));
      }
      return ProxyNode.parse(builder.build());
    } catch (MalformedInputException e) {
      throw noNode(option, file, "it is not UTF-8");
    } catch (StackOverflowError e) {
      throw noNode(option, file, "it is nested too deeply");
    } catch (MarkedYamlEngineException e) {
      throw noNode(option, file, reason(e));
    } catch (YamlEngineException | InvalidProtocolBufferException | JsonProcessingException e) {
      throw noNode(option, file, String.valueOf(e.getMessage()));
    }
  }

  private static String shown(String id) {
    String line = id.replaceAll("[^\\x20-\\x7e]", "?");
    return line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "..." : line;
  }

  /** Returns one line: the parser's own message draws the place over many. */
  private static String reason(MarkedYamlEngineException failure) {
    String place =
        failure
            .getProblemMark()
            .map(mark -> (mark.getLine() + 1) + ":" + (mark.getColumn() + 1) + ": ")
            .orElse("");
    return place + failure.getProblem();
  }

  private static CommandFailedException noNode(String option, Path file, String reason) {
    return new CommandFailedException(option + ": " + file + " is no Envoy node: " + reason);
  }
}
