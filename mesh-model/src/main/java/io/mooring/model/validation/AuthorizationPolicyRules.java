package io.mooring.model.validation;

import io.mooring.model.security.AuthorizationPolicy;
import io.mooring.model.security.AuthorizationPolicySpec;
import io.mooring.model.security.AuthorizationPolicySpec.Action;
import io.mooring.model.security.Rule;
import io.mooring.model.security.Source;
import java.util.Set;

/** Rules of AuthorizationPolicies. */
final class AuthorizationPolicyRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final FieldPath RULES = SPEC.field("rules");
  private static final FieldPath PROVIDER = SPEC.field("provider");
  private static final int MAX_RULES = 512;
  private static final Set<String> IDENTITIES =
      Set.of("source.namespace", "source.principal", "source.serviceAccount", "source.trustDomain");

  private AuthorizationPolicyRules() {}

  static void check(AuthorizationPolicy policy, Violations violations) {
    AuthorizationPolicySpec spec = policy.spec();
    SelectorRules.check(spec.selector(), spec.targetRef(), spec.targetRefs(), violations);
    checkAction(spec, violations);
    if (spec.rules().size() > MAX_RULES) {
      violations.error(RULES, spec.rules().size() + " rules", "at most " + MAX_RULES);
    }
    for (int i = 0; i < spec.rules().size(); i++) {
      Rule rule = spec.rules().get(i);
      AuthorizationRuleRules.check(rule, RULES.index(i), violations);
      if (spec.action() == Action.CUSTOM) {
        checkCustom(rule, RULES.index(i), violations);
      } else if (spec.action() == Action.DENY) {
        warnOfTcp(rule, RULES.index(i), violations);
      }
    }
  }

  private static void checkAction(AuthorizationPolicySpec spec, Violations violations) {
    boolean custom = spec.action() == Action.CUSTOM;
    if (spec.rules().isEmpty() && (custom || spec.action() == Action.DENY)) {
      violations.missing(
          RULES, "a rule, since action " + spec.action() + " without one has no effect");
    }
    if (custom && spec.provider().filter(provider -> !provider.name().isEmpty()).isEmpty()) {
      violations.missing(PROVIDER.field("name"), "the name of an extension provider");
    } else if (!custom && spec.provider().isPresent()) {
      violations.conflict(PROVIDER, "only with action CUSTOM (expected: none)");
    }
  }

  /** A provider is asked before identities are known. */
  private static void checkCustom(Rule rule, FieldPath path, Violations violations) {
    for (int i = 0; i < rule.from().size(); i++) {
      Source source = rule.from().get(i).source().orElse(Source.builder().build());
      if (!source.namespaces().isEmpty()
          || !source.notNamespaces().isEmpty()
          || !source.principals().isEmpty()
          || !source.notPrincipals().isEmpty()
          || !source.requestPrincipals().isEmpty()
          || !source.notRequestPrincipals().isEmpty()
          || !source.serviceAccounts().isEmpty()
          || !source.notServiceAccounts().isEmpty()
          || !source.trustDomains().isEmpty()
          || !source.notTrustDomains().isEmpty()) {
        violations.conflict(
            path.field("from").index(i).field("source"),
            "action CUSTOM knows no identities (expected: ipBlocks or remoteIpBlocks)");
      }
    }
    for (int i = 0; i < rule.when().size(); i++) {
      String key = rule.when().get(i).key();
      if (IDENTITIES.contains(key) || key.startsWith("request.auth.")) {
        violations.error(
            path.field("when").index(i).field("key"), key, "no identity with action CUSTOM");
      }
    }
  }

  /** What TCP lacks matches nothing there, and a rule is what is left of it. */
  private static void warnOfTcp(Rule rule, FieldPath path, Violations violations) {
    boolean tcpSource =
        rule.from().stream()
            .anyMatch(from -> from.source().filter(Source::hasTcpField).isPresent());
    boolean tcpPort =
        rule.to().stream()
            .anyMatch(
                to ->
                    to.operation()
                        .filter(
                            operation ->
                                !operation.ports().isEmpty() || !operation.notPorts().isEmpty())
                        .isPresent());
    boolean httpOnly = rule.to().isEmpty() ? !rule.from().isEmpty() && !tcpSource : !tcpPort;
    if (httpOnly) {
      violations.warning(
          path,
          "",
          "denies all traffic of TCP ports, which lack what it asks for (expected: ports)");
    }
  }
}
