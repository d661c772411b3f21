package io.mooring.analysis;

import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.service.MeshService;
import java.util.List;
import java.util.stream.Stream;

/** What is wrong with WorkloadGroups. */
final class GroupFindings {

  private static final String DEFAULT_ACCOUNT = "default"; // Kubernetes', and Istio's

  private GroupFindings() {}

  /** Returns the service account of the members of {@code group}. */
  static String account(WorkloadGroup group) {
    String named = group.spec().template().serviceAccount();
    return named.isEmpty() ? DEFAULT_ACCOUNT : named;
  }

  static Stream<Finding> of(MeshIndex mesh) {
    return mesh.snapshot().objects(WorkloadGroup.class).stream().flatMap(group -> of(mesh, group));
  }

  private static Stream<Finding> of(MeshIndex mesh, WorkloadGroup group) {
    Described members = Described.of(group);
    List<MeshService> services = mesh.selecting(members);
    return Stream.of(
            services.isEmpty()
                ? Stream.of(WorkloadFindings.unselected(mesh, members))
                : Stream.<Finding>empty(),
            WorkloadFindings.unusedPorts(members, services, FindingCode.GROUP_PORT_UNUSED),
            template(group))
        .flatMap(findings -> findings);
  }

  private static Stream<Finding> template(WorkloadGroup group) {
    WorkloadEntrySpec template = group.spec().template();
    Stream.Builder<Finding> found = Stream.builder();
    if (!template.address().isEmpty()) {
      found.add(
          new Finding(
              FindingCode.GROUP_ADDRESS_UNUSED,
              group.key(),
              "its template has address '%s'".formatted(template.address()),
              "remove it: every member has its own"));
    }
    if (template.serviceAccount().isEmpty()) {
      found.add(
          new Finding(
              FindingCode.GROUP_ACCOUNT_DEFAULT,
              group.key(),
              "its template names no service account: members get the identity of account '"
                  + DEFAULT_ACCOUNT
                  + "'",
              "name one, so that policies can tell the group apart"));
    }
    return found.build();
  }
}
