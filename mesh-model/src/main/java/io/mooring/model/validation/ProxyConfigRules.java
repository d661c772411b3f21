package io.mooring.model.validation;

import io.mooring.model.networking.ProxyConfig;

/** Rules of ProxyConfigs. */
final class ProxyConfigRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final int MAX_VALUE = 2048;

  private ProxyConfigRules() {}

  static void check(ProxyConfig config, Violations violations) {
    SelectorRules.check(config.spec().selector(), violations);
    violations.notNegative(SPEC.field("concurrency"), config.spec().concurrency());
    config
        .spec()
        .environmentVariables()
        .forEach(
            (name, value) -> {
              if (value.length() > MAX_VALUE) {
                violations.error(
                    SPEC.field("environmentVariables").field(name),
                    value.length() + " characters",
                    "at most " + MAX_VALUE);
              }
            });
  }
}
