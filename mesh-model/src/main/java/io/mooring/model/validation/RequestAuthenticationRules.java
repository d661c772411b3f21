package io.mooring.model.validation;

import io.mooring.model.security.RequestAuthentication;
import io.mooring.model.security.RequestAuthenticationSpec;

/** Rules of RequestAuthentications. */
final class RequestAuthenticationRules {

  private static final FieldPath RULES = FieldPath.ROOT.field("spec").field("jwtRules");
  private static final int MAX_RULES = 4096;

  private RequestAuthenticationRules() {}

  static void check(RequestAuthentication policy, Violations violations) {
    RequestAuthenticationSpec spec = policy.spec();
    SelectorRules.check(spec.selector(), spec.targetRef(), spec.targetRefs(), violations);
    if (spec.jwtRules().size() > MAX_RULES) {
      violations.error(RULES, spec.jwtRules().size() + " rules", "at most " + MAX_RULES);
    }
    for (int i = 0; i < spec.jwtRules().size(); i++) {
      JwtRuleRules.check(spec.jwtRules().get(i), RULES.index(i), violations);
    }
  }
}
