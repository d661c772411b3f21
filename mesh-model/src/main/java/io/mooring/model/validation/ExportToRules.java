package io.mooring.model.validation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of the namespaces that see an object: {@code *}, {@code .}, {@code ~} or names. */
final class ExportToRules {

  private ExportToRules() {}

  /**
   * Checks {@code spec.exportTo}.
   *
   * @param nobodyAllowed whether {@code ~} is, as for a ServiceEntry
   */
  static void check(
      List<String> exportTo, String namespace, boolean nobodyAllowed, Violations violations) {
    check(
        exportTo,
        namespace,
        nobodyAllowed,
        FieldPath.ROOT.field("spec").field("exportTo"),
        violations);
  }

  /**
   * Checks what holds for objects that do not say. Istio looks at none of it, and starts with
   * whatever it is: so these are warnings.
   */
  static void checkDefault(
      List<String> exportTo, boolean nobodyAllowed, FieldPath path, Violations violations) {
    Violations found = new Violations();
    check(exportTo, ".", nobodyAllowed, path, found);
    found
        .found()
        .forEach(
            violation ->
                violations.warning(violation.path(), violation.value(), violation.message()));
  }

  private static void check(
      List<String> exportTo,
      String namespace,
      boolean nobodyAllowed,
      FieldPath path,
      Violations violations) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < exportTo.size(); i++) {
      String entry = exportTo.get(i);
      if (!seen.add(entry.equals(".") ? namespace : entry)) {
        violations.error(path.index(i), entry, "each namespace once");
      } else if (entry.equals("~") && !nobodyAllowed) {
        violations.error(path.index(i), entry, "'*', '.' or a namespace");
      } else if (entry.equals("*") || entry.equals("~")) {
        if (exportTo.size() > 1) {
          violations.error(path.index(i), entry, "no other entry beside it");
        }
      } else if (!entry.equals(".") && !Names.isLabel(entry)) {
        violations.error(
            path.index(i),
            entry,
            nobodyAllowed ? "'*', '.', '~' or a namespace" : "'*', '.' or a namespace");
      }
    }
  }
}
