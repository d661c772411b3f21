package io.mooring.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.controlplane.operator.OperatorClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mooring vm list}: the VMs that are registered, and those that wait to be. */
@Command(
    name = "list",
    description =
        "Prints the registered VMs, a line each: entry, address, state, admin state, health, and in"
            + " what the entry differs from its group.")
final class VmListCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Data directory of the running control plane.")
  private Path data;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.println("ENTRY ADDRESS STATE ADMIN HEALTH DRIFT");
    ObjectNode request = JsonNodeFactory.instance.objectNode().put("op", "workloads");
    for (JsonNode vm : OperatorClient.call(data, request).path("workloads")) {
      out.println(
          String.join(
              " ",
              vm.path("namespace").asText() + "/" + vm.path("name").asText(),
              orDash(address(vm)),
              vm.path("state").asText(),
              vm.path("admin_state").asText(),
              vm.path("health").asText(),
              orDash(drift(vm))));
    }
    return 0;
  }

  private static String address(JsonNode vm) {
    String network = vm.path("network").asText();
    return vm.path("address").asText() + (network.isEmpty() ? "" : "@" + network);
  }

  /** Returns what differs, or why there is no entry that could. */
  private static String drift(JsonNode vm) {
    String refusal = vm.path("refusal").asText();
    return refusal.isEmpty()
        ? StreamSupport.stream(vm.path("drift").spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(","))
        : "refused:" + refusal;
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
