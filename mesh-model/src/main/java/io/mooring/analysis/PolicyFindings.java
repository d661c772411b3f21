package io.mooring.analysis;

import io.mooring.model.LabelSelector;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.security.PeerAuthentication;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What is wrong with policies that select workloads. */
final class PolicyFindings {

  private PolicyFindings() {}

  static Stream<Finding> of(MeshIndex mesh) {
    return mesh.snapshot().objects(PeerAuthentication.class).stream()
        .flatMap(policy -> of(mesh, policy).stream());
  }

  private static Optional<Finding> of(MeshIndex mesh, PeerAuthentication policy) {
    String namespace = policy.metadata().namespace();
    return policy
        .spec()
        .selector()
        .map(LabelSelector::matchLabels)
        .filter(selector -> !selector.isEmpty())
        .filter(selector -> mesh.workloadsIn(namespace).stream().noneMatch(it -> it.has(selector)))
        .filter(selector -> !selectsMembers(mesh, namespace, selector))
        .map(
            selector ->
                new Finding(
                    FindingCode.SELECTOR_MATCHES_NOTHING,
                    policy.key(),
                    mesh.nearest(namespace, selector)
                        .map(
                            nearest ->
                                "no workload has %s; the nearest is %s, label %s"
                                    .formatted(selector, nearest.key(), nearest.lacks(selector)))
                        .orElseGet(
                            () ->
                                "no workload of namespace '%s' has %s"
                                    .formatted(namespace, selector)),
                    "correct spec.selector.matchLabels"));
  }

  private static boolean selectsMembers(
      MeshIndex mesh, String namespace, Map<String, String> selector) {
    return mesh.snapshot().objects(WorkloadGroup.class, namespace).stream()
        .anyMatch(group -> Described.of(group).has(selector));
  }
}
