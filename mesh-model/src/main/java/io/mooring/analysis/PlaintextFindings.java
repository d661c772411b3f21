package io.mooring.analysis;

import io.mooring.model.LabelSelector;
import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.TrafficPolicy;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.model.security.PeerAuthenticationSpec.MutualTls;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where clients are told to speak plain text to workloads that accept mTLS alone. */
final class PlaintextFindings {

  private final MeshIndex mesh;
  private final Map<String, List<PeerAuthentication>> policiesByNamespace = new HashMap<>();

  private PlaintextFindings(MeshIndex mesh) {
    this.mesh = mesh;
    for (PeerAuthentication policy : mesh.snapshot().objects(PeerAuthentication.class)) {
      policiesByNamespace
          .computeIfAbsent(policy.metadata().namespace(), namespace -> new ArrayList<>())
          .add(policy);
    }
  }

  static Stream<Finding> of(MeshIndex mesh) {
    PlaintextFindings findings = new PlaintextFindings(mesh);
    return findings.policiesByNamespace.isEmpty()
        ? Stream.empty()
        : mesh.snapshot().services().stream()
            .filter(service -> !service.meshExternal())
            .flatMap(findings::of);
  }

  private Stream<Finding> of(MeshService service) {
    Optional<DestinationRule> plain =
        mesh.snapshot().objects(DestinationRule.class).stream()
            .filter(rule -> speaksPlainText(rule))
            .filter(
                rule ->
                    mesh.named(rule.spec().host(), rule.metadata().namespace()).stream()
                        .anyMatch(named -> named.key().equals(service.key())))
            .findFirst();
    return mesh.snapshot().endpoints(service.key()).stream()
        .flatMap(endpoint -> of(service, endpoint, plain).stream());
  }

  private Optional<Finding> of(
      MeshService service, MeshEndpoint endpoint, Optional<DestinationRule> plain) {
    boolean asksForNone = endpoint.identity().isPresent(); // a pod without a proxy, or by its label
    if (plain.isEmpty() && (endpoint.speaksMutualTls() || asksForNone)) {
      return Optional.empty();
    }
    return strict(endpoint)
        .map(
            policy ->
                plain.isPresent()
                    ? new Finding(
                        FindingCode.PLAINTEXT_REFUSED,
                        plain.get().key(),
                        "trafficPolicy.tls makes clients of %s speak no mTLS, and %s is STRICT: %s refuses them"
                            .formatted(service.host(), policy.key(), endpoint.workloadName()),
                        "remove trafficPolicy.tls, or make the PeerAuthentication PERMISSIVE")
                    : new Finding(
                        FindingCode.PLAINTEXT_REFUSED,
                        service.definedBy(),
                        "clients call %s in plain text, as it names no service account, and %s is STRICT"
                            .formatted(endpoint.workloadName(), policy.key()),
                        "name its serviceAccount, or except it from the PeerAuthentication"));
  }

  private static boolean speaksPlainText(DestinationRule rule) {
    return rule.spec()
        .trafficPolicy()
        .flatMap(TrafficPolicy::tls)
        .filter(tls -> tls.mode() != ClientTlsSettings.Mode.ISTIO_MUTUAL)
        .isPresent();
  }

  /** Returns the policy that makes the endpoint refuse plain text; empty if none does. */
  private Optional<PeerAuthentication> strict(MeshEndpoint endpoint) {
    String root = mesh.snapshot().settings().rootNamespace();
    List<PeerAuthentication> own =
        policiesByNamespace.getOrDefault(endpoint.namespace(), List.of());
    Optional<PeerAuthentication> workload =
        own.stream()
            .filter(policy -> !selector(policy).isEmpty())
            .filter(policy -> endpoint.labels().entrySet().containsAll(selector(policy).entrySet()))
            .findFirst();
    Mode port =
        workload
            .map(policy -> policy.spec().portLevelMtls().get(endpoint.port()))
            .map(MutualTls::mode)
            .orElse(Mode.UNSET);
    if (port != Mode.UNSET) {
      return workload.filter(policy -> port == Mode.STRICT);
    }
    return Stream.of(workload, whole(own), whole(policiesByNamespace.getOrDefault(root, List.of())))
        .flatMap(Optional::stream)
        .filter(policy -> mode(policy) != Mode.UNSET)
        .findFirst()
        .filter(policy -> mode(policy) == Mode.STRICT);
  }

  private static Optional<PeerAuthentication> whole(List<PeerAuthentication> policies) {
    return policies.stream().filter(policy -> selector(policy).isEmpty()).findFirst();
  }

  private static Mode mode(PeerAuthentication policy) {
    return policy.spec().mtls().map(MutualTls::mode).orElse(Mode.UNSET);
  }

  private static Map<String, String> selector(PeerAuthentication policy) {
    return policy.spec().selector().map(LabelSelector::matchLabels).orElse(Map.of());
  }
}
