package io.mooring.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.controlplane.operator.OperatorClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * {@code mooring ca}: replaces the root of the running control plane, step by step, and says who
 * gets no certificate.
 */
@Command(
    name = "ca",
    description = {
      "Replaces the root of the mesh while everything runs: prepare, activate, retire.",
      "Each step prints the CAs after it, newest first, and from when on the next step is safe.",
      "Bans identities, lists bans, and prints the trust bundle for other meshes."
    })
final class CaCommand implements Runnable {

  private static final String WHO =
      "A SPIFFE ID, or serial:HEX for one certificate, as the log of grants has it.";

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "Data directory of the running control plane.")
  private @Nullable Path data;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(name = "prepare", description = "Makes the next CA and publishes its root.")
  @SuppressWarnings("unused") // picocli calls it
  int prepare(
      @Option(
              names = "--cacerts",
              paramLabel = "DIR",
              description = "Takes the next CA from Istio's four cacerts files instead.")
          @Nullable Path cacerts)
      throws IOException {
    ObjectNode request = request("prepare");
    if (cacerts != null) {
      request.put("cacerts", cacerts.toAbsolutePath().toString());
    }
    return step("prepare", request);
  }

  @Command(
      name = "activate",
      description = "Lets the prepared CA sign, and destroys the key of the one before.")
  @SuppressWarnings("unused") // picocli calls it
  int activate(
      @Option(
              names = "--force",
              description = "Also before every VM knows its root; those that do not are cut off.")
          boolean force)
      throws IOException {
    return step("activate", request("activate").put("force", force));
  }

  @Command(
      name = "retire",
      description = "Drops the roots of old CAs under which no certificate is valid any more.")
  @SuppressWarnings("unused") // picocli calls it
  int retire(
      @Option(
              names = "--force",
              description = "Also while some are valid, e.g. of a leaked key; they are cut off.")
          boolean force)
      throws IOException {
    return step("retire", request("retire").put("force", force));
  }

  @Command(name = "list", description = "Prints the CAs and changes nothing.")
  @SuppressWarnings("unused") // picocli calls it
  int list() throws IOException {
    return step("list", request("list"));
  }

  @Command(
      name = "ban",
      description = {
        "Refuses a VM certificates from now on: joining, renewing and JWT-SVIDs.",
        "What it has stays valid until it ends."
      })
  @SuppressWarnings("unused") // picocli calls it
  int ban(@Parameters(paramLabel = "WHO", description = WHO) String who) throws IOException {
    call("ban", operation("ban").put("who", who));
    return 0;
  }

  @Command(name = "unban", description = "Lifts a ban.")
  @SuppressWarnings("unused") // picocli calls it
  int unban(@Parameters(paramLabel = "WHO", description = WHO) String who) throws IOException {
    call("unban", operation("unban").put("who", who));
    return 0;
  }

  @Command(name = "bans", description = "Lists who is banned, one a line.")
  @SuppressWarnings("unused") // picocli calls it
  int bans() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    call("bans", operation("bans")).path("bans").forEach(ban -> out.println(ban.asText()));
    return 0;
  }

  @Command(
      name = "bundle",
      description = "Prints the trust bundle, a SPIFFE bundle document, for who federates with us.")
  @SuppressWarnings("unused") // picocli calls it
  int bundle() throws IOException {
    spec.commandLine()
        .getOut()
        .println(call("bundle", operation("trust-bundle")).path("bundle").asText());
    return 0;
  }

  private JsonNode call(String name, ObjectNode request) throws IOException {
    Path directory = data;
    if (directory == null) {
      throw new ParameterException(
          spec.subcommands().get(name), "Missing required option: '--data=DIR'");
    }
    return OperatorClient.call(directory, request);
  }

  private int step(String name, ObjectNode request) throws IOException {
    JsonNode reply = call(name, request);
    PrintWriter out = spec.commandLine().getOut();
    out.println("NAME PHASE PUBLISHED NEXT_STEP_FROM");
    for (JsonNode ca : reply.path("authorities")) {
      out.println(
          ca.path("name").asText()
              + " "
              + ca.path("phase").asText()
              + " "
              + ca.path("published").asText()
              + " "
              + ca.path("nextStepFrom").asText("-"));
    }
    return 0;
  }

  private static ObjectNode request(String step) {
    return operation("ca").put("step", step);
  }

  private static ObjectNode operation(String name) {
    return JsonNodeFactory.instance.objectNode().put("op", name);
  }
}
