package io.mooring.model.validation;

import io.mooring.model.kubernetes.IntOrString;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.kubernetes.ServicePort;
import io.mooring.model.kubernetes.ServiceSpec;
import java.util.HashSet;
import java.util.Set;

/** Rules of Kubernetes Services, as far as a mesh reads them. */
final class ServiceRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final FieldPath PORTS = SPEC.field("ports");
  private static final Set<String> TYPES =
      Set.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName");
  private static final Set<String> PROTOCOLS = Set.of("TCP", "UDP", "SCTP");
  private static final int MAX_PORT_NAME = 15; // RFC 6335

  private ServiceRules() {}

  static void check(Service service, Violations violations) {
    ServiceSpec spec = service.spec();
    LabelRules.check(spec.selector(), SPEC.field("selector"), violations);
    if (!TYPES.contains(spec.type())) {
      violations.error(
          SPEC.field("type"), spec.type(), "ClusterIP, NodePort, LoadBalancer or ExternalName");
    }
    boolean external = spec.type().equals("ExternalName");
    if (external && !Names.isHost(spec.externalName())) {
      violations.error(SPEC.field("externalName"), spec.externalName(), Names.HOST);
    }
    checkClusterIps(spec, violations);
    if (spec.ports().isEmpty() && !external && !spec.clusterIP().equals("None")) {
      violations.missing(PORTS, "at least one port");
    }
    checkPorts(spec, violations);
  }

  private static void checkClusterIps(ServiceSpec spec, Violations violations) {
    if (!isClusterIp(spec.clusterIP()) && !spec.clusterIP().isEmpty()) {
      violations.error(SPEC.field("clusterIP"), spec.clusterIP(), "an IP or None");
    }
    for (int i = 0; i < spec.clusterIPs().size(); i++) {
      if (!isClusterIp(spec.clusterIPs().get(i))) {
        violations.error(
            SPEC.field("clusterIPs").index(i), spec.clusterIPs().get(i), "an IP or None");
      }
    }
    for (int i = 0; i < spec.externalIPs().size(); i++) {
      if (!Addresses.isIp(spec.externalIPs().get(i))) {
        violations.error(SPEC.field("externalIPs").index(i), spec.externalIPs().get(i), "an IP");
      }
    }
  }

  private static boolean isClusterIp(String text) {
    return text.equals("None") || Addresses.isIp(text);
  }

  private static void checkPorts(ServiceSpec spec, Violations violations) {
    Set<String> names = new HashSet<>();
    Set<String> numbers = new HashSet<>();
    for (int i = 0; i < spec.ports().size(); i++) {
      ServicePort port = spec.ports().get(i);
      FieldPath path = PORTS.index(i);
      violations.port(path.field("port"), port.port());
      if (!numbers.add(port.port() + "/" + port.protocol())) {
        violations.error(path.field("port"), port.port(), "each port and protocol once");
      }
      if (!PROTOCOLS.contains(port.protocol())) {
        violations.error(path.field("protocol"), port.protocol(), "TCP, UDP or SCTP");
      }
      if (port.name().isEmpty()) {
        if (spec.ports().size() > 1) {
          violations.missing(path.field("name"), "a name, since there are several ports");
        }
      } else if (!Names.isKubernetesLabel(port.name())) {
        violations.error(path.field("name"), port.name(), Names.KUBERNETES_LABEL);
      } else if (!names.add(port.name())) {
        violations.error(path.field("name"), port.name(), "each name once");
      }
      port.targetPort().ifPresent(target -> checkTarget(target, path, violations));
      port.nodePort().ifPresent(node -> violations.range(path.field("nodePort"), node, 0, 65535));
    }
  }

  private static void checkTarget(IntOrString target, FieldPath path, Violations violations) {
    FieldPath field = path.field("targetPort");
    if (target instanceof IntOrString.Number number) {
      violations.port(field, number.value());
    } else if (target instanceof IntOrString.Name name
        && (name.value().length() > MAX_PORT_NAME
            || !Names.isKubernetesLabel(name.value())
            || name.value().chars().noneMatch(Character::isLetter))) {
      violations.error(
          field, name.value(), "a number, or a name of 1 to 15 characters with a letter");
    }
  }
}
