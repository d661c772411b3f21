package io.mooring.model.validation;

import io.mooring.model.networking.ProxyConfig;

/** Rules of ProxyConfigs. */
final class ProxyConfigRules {

  private ProxyConfigRules() {}

  static void check(ProxyConfig config, Violations violations) {
    SelectorRules.check(config.spec().selector(), violations);
    violations.notNegative(
        FieldPath.ROOT.field("spec").field("concurrency"), config.spec().concurrency());
  }
}
