package io.mooring.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.controlplane.operator.OperatorClient;
import io.mooring.identity.attest.jointoken.JoinTokenStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mooring vm token}: makes, lists and revokes join tokens. */
@Command(
    name = "token",
    description = "Prints a one-time join token for a member of a WorkloadGroup.",
    showDefaultValues = true)
final class VmTokenCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--namespace", paramLabel = "NS", description = "Namespace of the group.")
  private @Nullable String namespace;

  @Option(names = "--group", paramLabel = "NAME", description = "Name of the group.")
  private @Nullable String group;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Data directory of the running control plane.")
  private Path data;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      defaultValue = "1h",
      description = "How long the token may be used.")
  private Duration ttl;

  @Option(names = "--list", description = "Lists the tokens instead: id, group, state, expiry.")
  private boolean list;

  @Option(names = "--revoke", paramLabel = "ID", description = "Revokes a token instead.")
  private @Nullable String revoke;

  @Override
  public Integer call() throws IOException {
    if (list && revoke != null) {
      throw new ParameterException(spec.commandLine(), "--list and --revoke exclude each other");
    }
    if (list) {
      list();
    } else if (revoke != null) {
      OperatorClient.call(data, request("revoke").put("id", revoke));
    } else {
      create();
    }
    return 0;
  }

  private void create() throws IOException {
    if (namespace == null || group == null) {
      throw new ParameterException(spec.commandLine(), "--namespace and --group are required");
    }
    if (ttl.isZero() || ttl.compareTo(JoinTokenStore.MAX_TTL) > 0) {
      String written = String.join(" ", spec.findOption("--ttl").originalStringValues());
      throw new ParameterException(
          spec.commandLine(),
          "--ttl: '%s' (expected: more than 0s, at most %dd)"
              .formatted(written, JoinTokenStore.MAX_TTL.toDays()));
    }
    ObjectNode request =
        request("token").put("namespace", namespace).put("group", group).put("ttl", ttl.toString());
    out().println(OperatorClient.call(data, request).path("token").asText());
  }

  private void list() throws IOException {
    out().println("ID GROUP STATE EXPIRES");
    for (JsonNode token : OperatorClient.call(data, request("tokens")).path("tokens")) {
      out()
          .println(
              token.path("id").asText()
                  + " "
                  + token.path("group").asText()
                  + " "
                  + token.path("state").asText()
                  + " "
                  + token.path("expires").asText());
    }
  }

  private static ObjectNode request(String operation) {
    return JsonNodeFactory.instance.objectNode().put("op", operation);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
