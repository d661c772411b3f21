package io.mooring.analysis;

import io.mooring.model.ConfigObject;
import io.mooring.model.LabelSelector;
import io.mooring.model.networking.Sidecar;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadSelector;
import io.mooring.model.security.AuthorizationPolicy;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.RequestAuthentication;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.MeshService;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What is wrong with policies that select workloads. */
final class PolicyFindings {

  private PolicyFindings() {}

  static Stream<Finding> of(MeshIndex mesh) {
    RegistrySnapshot snapshot = mesh.snapshot();
    return Stream.of(
            snapshot.objects(PeerAuthentication.class).stream()
                .flatMap(policy -> of(mesh, policy, labels(policy.spec().selector())).stream()),
            snapshot.objects(AuthorizationPolicy.class).stream()
                .flatMap(policy -> of(mesh, policy, labels(policy.spec().selector())).stream()),
            snapshot.objects(RequestAuthentication.class).stream()
                .flatMap(policy -> of(mesh, policy, labels(policy.spec().selector())).stream()),
            snapshot.objects(Sidecar.class).stream().flatMap(sidecar -> of(mesh, sidecar)))
        .flatMap(findings -> findings);
  }

  private static Map<String, String> labels(Optional<LabelSelector> selector) {
    return selector.map(LabelSelector::matchLabels).orElse(Map.of());
  }

  private static Stream<Finding> of(MeshIndex mesh, Sidecar sidecar) {
    Map<String, String> selector =
        sidecar.spec().workloadSelector().map(WorkloadSelector::labels).orElse(Map.of());
    return Stream.concat(
        of(mesh, sidecar, selector).stream(),
        sidecar.spec().egress().stream()
            .flatMap(listener -> listener.hosts().stream())
            .distinct()
            .flatMap(host -> egress(mesh, sidecar, host).stream()));
  }

  /**
   * A host is {@code namespace/name}; either may be a wildcard. A wildcard is for whatever there
   * will be in a namespace that is known.
   */
  private static Optional<Finding> egress(MeshIndex mesh, Sidecar sidecar, String written) {
    int slash = written.indexOf('/');
    String namespace = slash < 0 ? "*" : written.substring(0, slash);
    String own = sidecar.metadata().namespace();
    String host = written.substring(slash + 1);
    if (namespace.equals("~") || (host.startsWith("*") && isKnown(mesh, namespace, own))) {
      return Optional.empty();
    }
    boolean known =
        mesh.snapshot().services().stream()
            .filter(
                service ->
                    namespace.equals("*")
                        || service.namespace().equals(namespace.equals(".") ? own : namespace))
            .anyMatch(
                service ->
                    service.host().equals(host)
                        || (service.host().startsWith("*.")
                            && host.endsWith(service.host().substring(1))));
    return known
        ? Optional.empty()
        : Optional.of(
            new Finding(
                FindingCode.SELECTOR_MATCHES_NOTHING,
                sidecar.key(),
                "egress host '%s' is no service".formatted(written),
                "correct spec.egress.hosts: namespace/host, '.' is the Sidecar's own namespace"));
  }

  /** Every Sidecar names the root namespace, whatever is in it. */
  private static boolean isKnown(MeshIndex mesh, String namespace, String own) {
    return List.of("*", ".", own, mesh.snapshot().settings().rootNamespace()).contains(namespace)
        || mesh.snapshot().services().stream()
            .anyMatch(service -> service.namespace().equals(namespace))
        || !mesh.workloadsIn(namespace).isEmpty();
  }

  private static Optional<Finding> of(
      MeshIndex mesh, ConfigObject policy, Map<String, String> selector) {
    String namespace = policy.metadata().namespace();
    boolean isMeshWide = namespace.equals(mesh.snapshot().settings().rootNamespace());
    if (selector.isEmpty()
        || isMeshWide // it selects in every namespace
        || mesh.workloadsIn(namespace).stream().anyMatch(it -> it.has(selector))
        || selectsMembers(mesh, namespace, selector)
        || selectsPodsOfAService(mesh, namespace, selector)) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            FindingCode.SELECTOR_MATCHES_NOTHING,
            policy.key(),
            mesh.nearest(namespace, selector)
                .map(
                    nearest ->
                        "no workload has %s; the nearest is %s, label %s"
                            .formatted(selector, nearest.key(), nearest.lacks(selector)))
                .orElseGet(
                    () -> "no workload of namespace '%s' has %s".formatted(namespace, selector)),
            "correct the labels of its selector"));
  }

  /** Pods may be where nobody looks: in a directory of configuration there are none. */
  private static boolean selectsPodsOfAService(
      MeshIndex mesh, String namespace, Map<String, String> selector) {
    return !mesh.seesPods()
        && mesh.selectingIn(namespace).stream()
            .filter(service -> service.origin() == MeshService.Origin.KUBERNETES_SERVICE)
            .anyMatch(
                service -> MeshIndex.selector(service).entrySet().containsAll(selector.entrySet()));
  }

  private static boolean selectsMembers(
      MeshIndex mesh, String namespace, Map<String, String> selector) {
    return mesh.snapshot().objects(WorkloadGroup.class, namespace).stream()
        .anyMatch(group -> Described.of(group).has(selector));
  }
}
