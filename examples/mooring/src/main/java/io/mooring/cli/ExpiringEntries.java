package io.mooring.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mooring.analysis.Finding;
import io.mooring.analysis.FindingCode;
import io.mooring.controlplane.operator.OperatorClient;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.RegistrySnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The entries of a data directory whose VMs have gone: only a control plane knows who is there. */
final class ExpiringEntries {

  private static final String GROUP_ANNOTATION = "istio.io/autoRegistrationGroup";

  private ExpiringEntries() {}

  /** Asks the control plane of the directory; without one, no VM is connected. */
  static List<Finding> of(Path data, RegistrySnapshot snapshot) {
    JsonNode workloads;
    try {
      workloads =
          OperatorClient.call(data, JsonNodeFactory.instance.objectNode().put("op", "workloads"))
              .path("workloads");
    } catch (IOException e) { // none is running
      return snapshot.objects(WorkloadEntry.class).stream()
          .filter(entry -> entry.metadata().annotations().containsKey(GROUP_ANNOTATION))
          .map(
              entry ->
                  expiring(
                      entry.key(),
                      "no control plane runs on the data directory: its VM has left, or waits for"
                          + " one",
                      "start the control plane: VMs that do not come back then are removed"))
          .toList();
    }
    List<Finding> findings = new ArrayList<>();
    for (JsonNode vm : workloads) {
      ConfigKey key =
          new ConfigKey("WorkloadEntry", vm.path("namespace").asText(), vm.path("name").asText());
      switch (vm.path("state").asText()) {
        case "leaving" ->
            findings.add(
                expiring(
                    key,
                    "its VM has left: it goes after the grace period",
                    "nothing, or bring the VM back"));
        case "orphaned" ->
            findings.add(
                expiring(
                    key,
                    "the control plane that held it is gone, and its VM has not come back yet",
                    "nothing, or look why the VM does not connect"));
        default -> {}
      }
    }
    return findings;
  }

  private static Finding expiring(ConfigKey key, String reason, String advice) {
    return new Finding(FindingCode.ENTRY_EXPIRING, key, reason, advice);
  }
}
