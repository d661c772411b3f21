package io.mooring.model.validation;

import io.mooring.model.security.Operation;
import io.mooring.model.security.Rule;
import io.mooring.model.security.Source;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Rules of one rule of an AuthorizationPolicy. */
final class AuthorizationRuleRules {

  private static final Source NO_SOURCE = Source.builder().build();
  private static final Operation NO_OPERATION = Operation.builder().build();
  private static final int MAX_SOURCES = 512;
  private static final int MAX_ACCOUNTS = 16;
  private static final int MAX_ACCOUNT = 320;
  private static final Set<String> ADDRESSES = Set.of("source.ip", "remote.ip", "destination.ip");
  private static final Set<String> PLAIN =
      Set.of(
          "source.namespace",
          "source.principal",
          "request.auth.principal",
          "request.auth.audiences",
          "request.auth.presenter",
          "connection.sni");
  private static final List<String> KEYED =
      List.of("request.headers", "request.auth.claims", "experimental.envoy.filters.");
  private static final Pattern ACCOUNT = Pattern.compile("([^*/]+/)?[^*/]+");
  private static final Pattern TRUST_DOMAIN = Pattern.compile("\\*?[^*/]+|[^*/]+\\*|\\*");
  private static final Pattern UNSUPPORTED_TEMPLATE =
      Pattern.compile("/\\{\\w+=\\*\\*?}|\\{\\w*}|/\\*\\*?|\\*\\*?/");

  private AuthorizationRuleRules() {}

  static void check(Rule rule, FieldPath path, Violations violations) {
    FieldPath from = path.field("from");
    if (rule.from().size() > MAX_SOURCES) {
      violations.error(from, rule.from().size() + " sources", "at most " + MAX_SOURCES);
    }
    for (int i = 0; i < rule.from().size(); i++) {
      FieldPath at = from.index(i).field("source");
      Source source = rule.from().get(i).source().orElse(NO_SOURCE);
      if (source.equals(NO_SOURCE)) {
        violations.missing(at, "at least one field");
      }
      checkSource(source, at, violations);
    }
    for (int i = 0; i < rule.to().size(); i++) {
      FieldPath at = path.field("to").index(i).field("operation");
      Operation operation = rule.to().get(i).operation().orElse(NO_OPERATION);
      if (operation.equals(NO_OPERATION)) {
        violations.missing(at, "at least one field");
      }
      checkOperation(operation, at, violations);
    }
    for (int i = 0; i < rule.when().size(); i++) {
      checkWhen(rule.when().get(i), path.field("when").index(i), violations);
    }
  }

  private static void checkSource(Source source, FieldPath path, Violations violations) {
    filled(source.principals(), path.field("principals"), violations);
    filled(source.notPrincipals(), path.field("notPrincipals"), violations);
    filled(source.requestPrincipals(), path.field("requestPrincipals"), violations);
    filled(source.notRequestPrincipals(), path.field("notRequestPrincipals"), violations);
    filled(source.namespaces(), path.field("namespaces"), violations);
    filled(source.notNamespaces(), path.field("notNamespaces"), violations);
    accounts(source.serviceAccounts(), path.field("serviceAccounts"), violations);
    accounts(source.notServiceAccounts(), path.field("notServiceAccounts"), violations);
    trustDomains(source.trustDomains(), path.field("trustDomains"), violations);
    trustDomains(source.notTrustDomains(), path.field("notTrustDomains"), violations);
    addresses(source.ipBlocks(), path.field("ipBlocks"), violations);
    addresses(source.notIpBlocks(), path.field("notIpBlocks"), violations);
    addresses(source.remoteIpBlocks(), path.field("remoteIpBlocks"), violations);
    addresses(source.notRemoteIpBlocks(), path.field("notRemoteIpBlocks"), violations);
    boolean accounts =
        !source.serviceAccounts().isEmpty() || !source.notServiceAccounts().isEmpty();
    boolean others =
        !source.principals().isEmpty()
            || !source.notPrincipals().isEmpty()
            || !source.namespaces().isEmpty()
            || !source.notNamespaces().isEmpty();
    if (accounts && others) {
      violations.conflict(
          path, "serviceAccounts exclude principals and namespaces (expected: one of both)");
    }
  }

  private static void checkOperation(Operation operation, FieldPath path, Violations violations) {
    filled(operation.hosts(), path.field("hosts"), violations);
    filled(operation.notHosts(), path.field("notHosts"), violations);
    ports(operation.ports(), path.field("ports"), violations);
    ports(operation.notPorts(), path.field("notPorts"), violations);
    filled(operation.methods(), path.field("methods"), violations);
    filled(operation.notMethods(), path.field("notMethods"), violations);
    paths(operation.paths(), path.field("paths"), violations);
    paths(operation.notPaths(), path.field("notPaths"), violations);
  }

  private static void checkWhen(Rule.When when, FieldPath path, Violations violations) {
    String key = when.key();
    FieldPath keyPath = path.field("key");
    if (key.isEmpty()) {
      violations.missing(keyPath, "an attribute");
      return;
    }
    if (when.values().isEmpty() && when.notValues().isEmpty()) {
      violations.missing(path.field("values"), "values or notValues");
    }
    boolean keyed = KEYED.stream().anyMatch(key::startsWith);
    if (ADDRESSES.contains(key)) {
      addresses(when.values(), path.field("values"), violations);
      addresses(when.notValues(), path.field("notValues"), violations);
    } else if (key.equals("source.trustDomain")) {
      trustDomains(when.values(), path.field("values"), violations);
      trustDomains(when.notValues(), path.field("notValues"), violations);
    } else if (key.equals("source.serviceAccount")) {
      accounts(when.values(), path.field("values"), violations);
      accounts(when.notValues(), path.field("notValues"), violations);
    } else if (key.equals("destination.port")) {
      ports(when.values(), path.field("values"), violations);
      ports(when.notValues(), path.field("notValues"), violations);
    } else if (keyed || PLAIN.contains(key)) {
      if (keyed && !hasKey(key)) {
        violations.error(keyPath, key, "a name in brackets, e.g. request.headers[x-user]");
      }
      filled(when.values(), path.field("values"), violations);
      filled(when.notValues(), path.field("notValues"), violations);
    } else {
      violations.error(keyPath, key, "an attribute such as source.ip or request.headers[x-user]");
    }
  }

  private static boolean hasKey(String key) {
    int open = key.indexOf('[');
    return key.endsWith("]") && open > 0 && open < key.length() - 2;
  }

  private static void accounts(List<String> values, FieldPath path, Violations violations) {
    if (values.size() > MAX_ACCOUNTS) {
      violations.error(path, values.size() + " accounts", "at most " + MAX_ACCOUNTS);
    }
    each(
        values,
        path,
        value -> value.length() <= MAX_ACCOUNT && ACCOUNT.matcher(value).matches(),
        "an account or namespace/account, without '*'",
        violations);
  }

  /** A domain has no slash; what Istio lets pass in a condition would match none. */
  private static void trustDomains(List<String> values, FieldPath path, Violations violations) {
    each(
        values,
        path,
        value -> TRUST_DOMAIN.matcher(value).matches(),
        "a trust domain, perhaps with one '*' at its start or end",
        violations);
  }

  private static void addresses(List<String> values, FieldPath path, Violations violations) {
    each(
        values,
        path,
        value -> Addresses.isIp(value) || Addresses.isCidr(value),
        "an IP or CIDR block",
        violations);
  }

  private static void ports(List<String> values, FieldPath path, Violations violations) {
    each(values, path, AuthorizationRuleRules::isPort, "0..65535", violations);
  }

  private static boolean isPort(String text) {
    return !text.isEmpty()
        && text.length() <= 5
        && text.chars().allMatch(c -> c >= '0' && c <= '9')
        && Integer.parseInt(text) <= 65535;
  }

  private static void paths(List<String> values, FieldPath path, Violations violations) {
    filled(values, path, violations);
    each(
        values,
        path,
        value ->
            !(value.contains("{*}") || value.contains("{**}"))
                || !UNSUPPORTED_TEMPLATE.matcher(value).find(),
        "a template with {*} and {**} only",
        violations);
  }

  private static void filled(List<String> values, FieldPath path, Violations violations) {
    each(values, path, value -> !value.isEmpty(), "at least one character", violations);
  }

  private static void each(
      List<String> values,
      FieldPath path,
      Predicate<String> fits,
      String expected,
      Violations violations) {
    for (int i = 0; i < values.size(); i++) {
      if (!fits.test(values.get(i))) {
        violations.error(path.index(i), values.get(i), expected);
      }
    }
  }
}
