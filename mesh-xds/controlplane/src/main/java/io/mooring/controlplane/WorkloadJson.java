package io.mooring.controlplane;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.identity.enroll.RegisteredWorkload;
import java.util.List;

/** Registered VMs as the admin pages and the command line show them. Pure. */
final class WorkloadJson {

  private WorkloadJson() {}

  static void add(ArrayNode array, List<RegisteredWorkload> workloads) {
    for (RegisteredWorkload workload : workloads) {
      ObjectNode json =
          array
              .addObject()
              .put("entry", workload.entry().toString())
              .put("namespace", workload.entry().namespace())
              .put("name", workload.entry().name())
              .put("group", workload.group())
              .put("id", workload.id())
              .put("state", workload.state().toString())
              .put("admin_state", workload.adminState().toString())
              .put("health", workload.health())
              .put("health_message", workload.healthMessage())
              .put("health_report", workload.healthReport())
              .put("address", workload.address())
              .put("network", workload.network())
              .put("peer_address", workload.peerAddress())
              .put("streams", workload.streams())
              .put("lease", workload.holder())
              .put("epoch", workload.epoch())
              .put("refusal", workload.refusal());
      ArrayNode drift = json.putArray("drift");
      workload.drift().forEach(drift::add);
    }
  }
}
