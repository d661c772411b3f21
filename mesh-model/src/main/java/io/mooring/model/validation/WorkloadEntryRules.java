package io.mooring.model.validation;

import io.mooring.model.networking.WorkloadEntrySpec;
import java.util.Map;

/** Rules of WorkloadEntries, alone and as inline endpoints of a ServiceEntry. */
final class WorkloadEntryRules {

  private static final long MAX_WEIGHT = 4_294_967_295L; // uint32
  private static final int MAX_PORTS = 128;
  private static final int MAX_ADDRESS = 256;
  private static final int MAX_TEXT = 2048;
  private static final int MAX_ACCOUNT = 253;

  private WorkloadEntryRules() {}

  /** Checks an entry whose address may be an IP, a DNS name or a Unix socket. */
  static void check(WorkloadEntrySpec spec, FieldPath path, Violations violations) {
    checkAddress(spec, path, true, violations);
    checkRest(spec, path, violations);
  }

  /** Checks everything but the address. */
  static void checkRest(WorkloadEntrySpec spec, FieldPath path, Violations violations) {
    FieldPath ports = path.field("ports");
    if (spec.ports().size() > MAX_PORTS) {
      violations.error(ports, spec.ports().size() + " ports", "at most " + MAX_PORTS);
    }
    for (Map.Entry<String, Integer> port : spec.ports().entrySet()) {
      if (!Names.isLabel(port.getKey())) {
        violations.error(ports.field(port.getKey()), port.getKey(), Names.LABEL);
      }
      violations.port(ports.field(port.getKey()), port.getValue());
    }
    LabelRules.check(spec.labels(), path.field("labels"), violations);
    violations.range(path.field("weight"), spec.weight(), 0, MAX_WEIGHT);
    length(spec.network(), MAX_TEXT, path.field("network"), violations);
    length(spec.locality(), MAX_TEXT, path.field("locality"), violations);
    length(spec.serviceAccount(), MAX_ACCOUNT, path.field("serviceAccount"), violations);
  }

  /** Checks the address; {@code hostAllowed} is not so for endpoints of STATIC resolution. */
  static void checkAddress(
      WorkloadEntrySpec spec, FieldPath path, boolean hostAllowed, Violations violations) {
    String address = spec.address();
    FieldPath field = path.field("address");
    length(address, MAX_ADDRESS, field, violations);
    if (address.isEmpty()) {
      if (spec.network().isEmpty()) {
        violations.missing(field, "an address, or a network with a gateway");
      } else {
        violations.warning(
            field,
            "",
            "missing: reachable only through a gateway of network " + Quoted.value(spec.network()));
      }
    } else if (Addresses.looksUnix(address)) {
      if (!Addresses.isUnix(address)) {
        violations.error(field, address, Addresses.UNIX);
      }
      if (!spec.ports().isEmpty()) {
        violations.conflict(path.field("ports"), "a Unix socket has no ports (expected: none)");
      }
    } else if (!Addresses.isIp(address) && !(hostAllowed && Names.isHost(address))) {
      violations.error(
          field,
          address,
          hostAllowed
              ? "an IP, a DNS name or " + Addresses.UNIX
              : "an IP or " + Addresses.UNIX + "; DNS names need resolution DNS");
    }
  }

  private static void length(String text, int max, FieldPath path, Violations violations) {
    if (text.length() > max) {
      violations.error(path, text, "at most " + max + " characters");
    }
  }
}
