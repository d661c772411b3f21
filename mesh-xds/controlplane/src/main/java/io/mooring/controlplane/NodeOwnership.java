package io.mooring.controlplane;

import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.xds.node.ProxyNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides whether the holder of a certificate may be the node that it claims to be: a node owns the
 * namespace and the service account of its identity, and nothing else. Pure.
 */
final class NodeOwnership {

  private static final Pattern WORKLOAD_PATH = Pattern.compile("/ns/([^/]+)/sa/([^/]+)");
  private static final String DEFAULT_SERVICE_ACCOUNT = "default";

  private NodeOwnership() {}

  /**
   * Why a peer may not be a node. Immutable.
   *
   * @param text names the field, its value and what was expected
   */
  record Refusal(Reason reason, String text) {}

  /**
   * Returns why {@code peer} may not be {@code node}; empty if it may.
   *
   * @param snapshot where the node's WorkloadGroup is looked up
   */
  static Optional<Refusal> refusal(SpiffeId peer, ProxyNode node, RegistrySnapshot snapshot) {
    TrustDomain ours = snapshot.settings().trustDomain();
    Matcher identity = WORKLOAD_PATH.matcher(peer.path());
    if (!peer.trustDomain().equals(ours) || !identity.matches()) {
      return refused(
          Reason.IDENTITY_MISMATCH,
          "peer %s is no workload of trust domain %s (expected: spiffe://%s/ns/NAMESPACE/sa/ACCOUNT)"
              .formatted(peer, ours, ours));
    }
    String namespace = identity.group(1);
    String account = identity.group(2);
    Optional<String> idNamespace = idNamespace(node.id());
    if (!idNamespace.equals(Optional.of(namespace))) {
      return differs(
          Reason.NAMESPACE_MISMATCH,
          peer,
          "namespace in node id",
          idNamespace.orElse(""),
          namespace);
    }
    return claim(Reason.NAMESPACE_MISMATCH, peer, node, "NAMESPACE", namespace)
        .or(() -> claim(Reason.SERVICE_ACCOUNT_MISMATCH, peer, node, "SERVICE_ACCOUNT", account))
        .or(() -> groupClaim(peer, node, namespace, account, snapshot));
  }

  /** A claim may be missing; one that is there must be a string, and what the certificate owns. */
  private static Optional<Refusal> claim(
      Reason reason, SpiffeId peer, ProxyNode node, String field, String owned) {
    if (!node.metadata().containsFields(field)) {
      return Optional.empty();
    }
    Optional<String> claimed = node.text(field);
    return claimed.equals(Optional.of(owned))
        ? Optional.empty()
        : differs(reason, peer, field, claimed.orElse("(no string)"), owned);
  }

  private static Optional<Refusal> groupClaim(
      SpiffeId peer, ProxyNode node, String namespace, String account, RegistrySnapshot snapshot) {
    if (node.metadata().containsFields("AUTO_REGISTER_GROUP")
        && node.text("AUTO_REGISTER_GROUP").isEmpty()) {
      return refused(Reason.UNKNOWN_GROUP, "AUTO_REGISTER_GROUP is no string, or empty");
    }
    return node.text("AUTO_REGISTER_GROUP")
        .flatMap(group -> groupRefusal(peer, namespace, account, group, snapshot));
  }

  private static Optional<Refusal> groupRefusal(
      SpiffeId peer, String namespace, String account, String name, RegistrySnapshot snapshot) {
    return snapshot
        .object(new ConfigKey("WorkloadGroup", namespace, name))
        .map(WorkloadGroup.class::cast)
        .map(
            group -> {
              String declared = group.spec().template().serviceAccount();
              String expected = declared.isEmpty() ? DEFAULT_SERVICE_ACCOUNT : declared;
              return account.equals(expected)
                  ? Optional.<Refusal>empty()
                  : differs(
                      Reason.IDENTITY_MISMATCH,
                      peer,
                      "service account of WorkloadGroup " + name,
                      expected,
                      account);
            })
        .orElseGet(
            () ->
                refused(
                    Reason.UNKNOWN_GROUP,
                    "WorkloadGroup %s/%s is unknown".formatted(namespace, name)));
  }

  private static Optional<Refusal> refused(Reason reason, String text) {
    return Optional.of(new Refusal(reason, text));
  }

  private static Optional<Refusal> differs(
      Reason reason, SpiffeId peer, String what, String claimed, String owned) {
    return refused(
        reason,
        "%s is '%s', but the certificate of %s owns '%s'".formatted(what, claimed, peer, owned));
  }

  /** Returns the namespace in an id of the form {@code sidecar~ip~name.namespace~domain}. */
  private static Optional<String> idNamespace(String id) {
    String[] parts = id.split("~", -1);
    return parts.length == 4 && parts[2].contains(".")
        ? Optional.of(parts[2].substring(parts[2].lastIndexOf('.') + 1))
        : Optional.empty();
  }
}
