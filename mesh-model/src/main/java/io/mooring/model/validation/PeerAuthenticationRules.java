package io.mooring.model.validation;

import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.PeerAuthenticationSpec;

/** Rules of PeerAuthentications. */
final class PeerAuthenticationRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final FieldPath PORTS = SPEC.field("portLevelMtls");

  private PeerAuthenticationRules() {}

  static void check(PeerAuthentication policy, Violations violations) {
    PeerAuthenticationSpec spec = policy.spec();
    SelectorRules.check(spec.selector(), violations);
    boolean selects =
        spec.selector().filter(selector -> !selector.matchLabels().isEmpty()).isPresent();
    if (!spec.portLevelMtls().isEmpty() && !selects) {
      violations.conflict(
          PORTS, "ports belong to workloads (expected: a selector with matchLabels beside it)");
    }
    spec.portLevelMtls()
        .keySet()
        .forEach(port -> violations.port(PORTS.field(Integer.toString(port)), port));
  }
}
