package io.mooring.model.validation;

import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Rules of the ports of a ServiceEntry. */
final class ServiceEntryPortRules {

  private static final FieldPath PORTS = FieldPath.ROOT.field("spec").field("ports");
  private static final int MAX_PORTS = 256;
  private static final Set<String> PROTOCOLS =
      Set.of(
          "",
          "tcp",
          "udp",
          "grpc",
          "grpc-web",
          "http",
          "http_proxy",
          "http2",
          "https",
          "tls",
          "mongo",
          "redis",
          "mysql");

  private ServiceEntryPortRules() {}

  /**
   * Checks the ports.
   *
   * @param autoAllocate value of the label that may forbid automatic virtual IPs
   */
  static void check(ServiceEntrySpec spec, String autoAllocate, Violations violations) {
    List<ServiceEntryPort> ports = spec.ports();
    if (ports.isEmpty()) {
      violations.missing(PORTS, "at least one port");
    }
    ServiceEntryRules.atMost(ports, MAX_PORTS, PORTS, violations);
    Set<Integer> numbers = new HashSet<>();
    Set<String> names = new HashSet<>();
    boolean addressed =
        !spec.addresses().isEmpty() || !autoAllocate.toLowerCase(Locale.ROOT).equals("false");
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
    if (!PROTOCOLS.contains(name.toLowerCase(Locale.ROOT))) {
      violations.error(
          path,
          name,
          "HTTP, HTTP2, HTTPS, HTTP_PROXY, GRPC, GRPC-WEB, TLS, TCP, UDP, MONGO, REDIS, MYSQL or"
              + " none");
      return;
    }
    Protocol protocol = Protocol.parse(name);
    if (!addressed && (protocol == Protocol.AUTO || protocol == Protocol.TCP)) {
      violations.warning(
          path, name, "a TCP port without spec.addresses takes the traffic of every address");
    }
  }
}
