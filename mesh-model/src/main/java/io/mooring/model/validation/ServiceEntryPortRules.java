package io.mooring.model.validation;

import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Rules of the ports of a ServiceEntry. */
final class ServiceEntryPortRules {

  private static final FieldPath PORTS = FieldPath.ROOT.field("spec").field("ports");
  private static final int MAX_PORTS = 256;

  private ServiceEntryPortRules() {}

  /**
   * Checks the ports.
   *
   * @param autoAllocate value of the label that may forbid automatic virtual IPs
   */
  static void check(ServiceEntrySpec spec, String autoAllocate, Violations violations) {
    List<ServiceEntryPort> ports = spec.ports();
    if (ports.isEmpty()) {
      violations.warning(PORTS, "", "missing: nothing can be reached without a port");
    }
    ServiceEntryRules.atMost(ports, MAX_PORTS, PORTS, violations);
    Set<Integer> numbers = new HashSet<>();
    Set<String> names = new HashSet<>();
    boolean addressed =
        !spec.addresses().isEmpty()
            || (spec.resolution() != Resolution.NONE
                && !autoAllocate.toLowerCase(Locale.ROOT).equals("false"));
    for (int i = 0; i < ports.size(); i++) {
      ServiceEntryPort port = ports.get(i);
      FieldPath path = PORTS.index(i);
      violations.port(path.field("number"), port.number());
      if (!numbers.add(port.number())) {
        violations.error(path.field("number"), port.number(), "each number once");
      }
      checkName(port.name(), names, path.field("name"), violations);
      checkProtocol(port.protocol(), addressed, path.field("protocol"), violations);
      port.targetPort().ifPresent(target -> violations.port(path.field("targetPort"), target));
    }
  }

  private static void checkName(
      String name, Set<String> names, FieldPath path, Violations violations) {
    if (name.isEmpty()) {
      violations.missing(path, Names.LABEL);
    } else if (!Names.isLabel(name)) {
      violations.error(path, name, Names.LABEL);
    } else if (!names.add(name)) {
      violations.error(path, name, "each name once");
    }
  }

  private static void checkProtocol(
      String name, boolean addressed, FieldPath path, Violations violations) {
    if (!name.isEmpty() && !Protocols.isKnown(name)) {
      violations.error(path, name, Protocols.NAMES + " or none");
      return;
    }
    Protocol protocol = Protocol.parse(name);
    if (!addressed && (protocol == Protocol.AUTO || protocol == Protocol.TCP)) {
      violations.warning(
          path, name, "a TCP port without spec.addresses takes the traffic of every address");
    }
  }
}
