package io.mooring.model.validation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules of the services that a listener of a Sidecar reaches. */
final class EgressHostRules {

  private static final String ALL = "*";

  private EgressHostRules() {}

  static void check(
      List<String> hosts, String ownNamespace, FieldPath path, Violations violations) {
    if (hosts.isEmpty()) {
      violations.missing(path, "at least one namespace/host");
    }
    Map<String, Set<String>> hostsByNamespace = new HashMap<>();
    for (int i = 0; i < hosts.size(); i++) {
      String text = hosts.get(i);
      ScopedHostRules.checkSidecar(text, path.index(i), violations);
      int slash = text.indexOf('/');
      if (slash >= 0 && !text.startsWith("~")) {
        String namespace = text.substring(0, slash);
        Set<String> known =
            hostsByNamespace.computeIfAbsent(
                namespace.equals(".") ? ownNamespace : namespace, same -> new HashSet<>());
        String host = text.substring(slash + 1);
        boolean covered = host.equals(ALL) ? !known.isEmpty() : known.contains(ALL);
        if (covered || !known.add(host)) {
          violations.warning(
              path.index(i), text, Quoted.value(text) + ": overlaps with another of the hosts");
        }
        known.add(host);
      }
    }
    if (hostsByNamespace.getOrDefault(ALL, Set.of()).contains(ALL) && hostsByNamespace.size() > 1) {
      violations.warning(path, "", "'*/*' is every host already: the others have no effect");
    }
  }
}
