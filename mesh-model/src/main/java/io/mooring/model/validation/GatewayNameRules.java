package io.mooring.model.validation;

import java.util.List;

/** Rules of the gateways that a VirtualService names: {@code mesh}, a name, or namespace/name. */
final class GatewayNameRules {

  static final String MESH = "mesh";

  private GatewayNameRules() {}

  static void check(List<String> gateways, FieldPath path, Violations violations) {
    for (int i = 0; i < gateways.size(); i++) {
      String gateway = gateways.get(i);
      int slash = gateway.indexOf('/');
      boolean fits =
          slash < 0
              ? Names.isHost(gateway)
              : Names.isLabel(gateway.substring(0, slash))
                  && Names.isLabel(gateway.substring(slash + 1));
      if (!fits) {
        violations.error(path.index(i), gateway, "mesh, a gateway or namespace/gateway");
      } else if (slash < 0 && gateway.indexOf('.') >= 0) {
        String[] parts = gateway.split("\\.", 3);
        violations.warning(
            path.index(i),
            gateway,
            Quoted.value(gateway) + ": old form of " + Quoted.value(parts[1] + "/" + parts[0]));
      }
    }
  }

  /** Whether only gateways, and no sidecars, are meant. */
  static boolean onlyGateways(List<String> gateways) {
    return !gateways.isEmpty() && !gateways.contains(MESH);
  }
}
