package io.mooring.model.validation;

import io.mooring.model.Protocol;
import io.mooring.model.networking.CaptureMode;
import io.mooring.model.networking.Destination;
import io.mooring.model.networking.IstioEgressListener;
import io.mooring.model.networking.IstioIngressListener;
import io.mooring.model.networking.OutboundTrafficPolicy;
import io.mooring.model.networking.Port;
import io.mooring.model.networking.ServerTlsSettings;
import io.mooring.model.networking.Sidecar;
import io.mooring.model.networking.SidecarSpec;
import java.util.HashSet;
import java.util.Set;

/** Rules of Sidecars. */
final class SidecarRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final FieldPath INGRESS = SPEC.field("ingress");
  private static final Set<String> LOCAL = Set.of("", "127.0.0.1", "0.0.0.0", "::1", "::");

  private SidecarRules() {}

  static void check(Sidecar sidecar, Violations violations) {
    SidecarSpec spec = sidecar.spec();
    spec.workloadSelector()
        .ifPresent(
            selector ->
                SelectorRules.check(
                    selector.labels(), SPEC.field("workloadSelector").field("labels"), violations));
    if (spec.ingress().isEmpty()
        && spec.egress().isEmpty()
        && spec.outboundTrafficPolicy().isEmpty()
        && spec.inboundConnectionPool().isEmpty()) {
      violations.missing(
          SPEC, "one of ingress, egress, outboundTrafficPolicy, inboundConnectionPool");
    }
    Set<Integer> ports = new HashSet<>();
    for (int i = 0; i < spec.ingress().size(); i++) {
      checkIngress(spec.ingress().get(i), INGRESS.index(i), ports, violations);
    }
    spec.inboundConnectionPool()
        .ifPresent(
            pool ->
                ConnectionPoolRules.check(pool, SPEC.field("inboundConnectionPool"), violations));
    checkEgress(sidecar, violations);
    spec.outboundTrafficPolicy()
        .ifPresent(
            policy -> checkOutbound(policy, SPEC.field("outboundTrafficPolicy"), violations));
  }

  private static void checkIngress(
      IstioIngressListener listener, FieldPath path, Set<Integer> ports, Violations violations) {
    if (listener.port().isEmpty()) {
      violations.missing(path.field("port"), "a port");
    } else {
      Port port = listener.port().get();
      FieldPath portPath = path.field("port");
      checkPort(port, portPath, violations);
      violations.port(portPath.field("number"), port.number());
      if (!ports.add(port.number())) {
        violations.error(portPath.field("number"), port.number(), "each number once");
      }
      listener
          .connectionPool()
          .filter(pool -> pool.http().isPresent())
          .filter(pool -> !Protocol.parse(port.protocol()).isHttp())
          .ifPresent(
              pool ->
                  violations.warning(
                      path.field("connectionPool").field("http"),
                      "",
                      "has no effect: the port is no HTTP"));
    }
    if (!listener.bind().isEmpty() && !Addresses.isIp(listener.bind())) {
      violations.error(path.field("bind"), listener.bind(), "an IP");
    }
    checkDefaultEndpoint(listener.defaultEndpoint(), path.field("defaultEndpoint"), violations);
    listener.tls().ifPresent(tls -> checkTls(tls, path.field("tls"), violations));
    if (listener.tls().isPresent()
        && listener.port().filter(port -> !Protocol.parse(port.protocol()).isTls()).isPresent()) {
      violations.conflict(path.field("tls"), "only for ports of HTTPS or TLS (expected: none)");
    }
    listener
        .connectionPool()
        .ifPresent(
            pool -> ConnectionPoolRules.check(pool, path.field("connectionPool"), violations));
  }

  private static void checkPort(Port port, FieldPath path, Violations violations) {
    if (!port.name().isEmpty() && !Names.isLabel(port.name())) {
      violations.error(path.field("name"), port.name(), Names.LABEL);
    }
    if (!port.protocol().isEmpty() && !Protocols.isKnown(port.protocol())) {
      violations.error(path.field("protocol"), port.protocol(), Protocols.NAMES + " or none");
    }
    if (port.targetPort().orElse(0) > 0) {
      violations.error(
          path.field("targetPort"), port.targetPort().getAsLong(), "none: a Sidecar has no target");
    }
  }

  private static void checkDefaultEndpoint(String endpoint, FieldPath path, Violations violations) {
    if (endpoint.isEmpty()) {
      return;
    }
    boolean fits =
        Addresses.looksUnix(endpoint)
            ? Addresses.isUnix(endpoint)
            : HostPort.parse(endpoint).filter(at -> LOCAL.contains(at.host())).isPresent();
    if (!fits) {
      violations.error(
          path,
          endpoint,
          "127.0.0.1:port, 0.0.0.0:port, [::1]:port, [::]:port or " + Addresses.UNIX);
    }
  }

  private static void checkTls(ServerTlsSettings tls, FieldPath path, Violations violations) {
    if (!tls.subjectAltNames().isEmpty()) {
      violations.conflict(path.field("subjectAltNames"), "only for gateways (expected: none)");
    }
    if (tls.httpsRedirect()) {
      violations.conflict(path.field("httpsRedirect"), "only for gateways (expected: none)");
    }
    if (!tls.credentialName().isEmpty() || !tls.credentialNames().isEmpty()) {
      violations.conflict(path.field("credentialName"), "only for gateways (expected: files)");
    }
    if (!tls.tlsCertificates().isEmpty()) {
      violations.conflict(path.field("tlsCertificates"), "only for gateways (expected: files)");
    }
    if (tls.mode() == ServerTlsSettings.Mode.ISTIO_MUTUAL
        || tls.mode() == ServerTlsSettings.Mode.AUTO_PASSTHROUGH) {
      violations.error(path.field("mode"), tls.mode(), "SIMPLE, MUTUAL, OPTIONAL_MUTUAL");
      return;
    }
    ServerTlsRules.check(tls, path, violations);
  }

  private static void checkEgress(Sidecar sidecar, Violations violations) {
    Set<Integer> ports = new HashSet<>();
    Set<String> sockets = new HashSet<>();
    int size = sidecar.spec().egress().size();
    for (int i = 0; i < size; i++) {
      IstioEgressListener listener = sidecar.spec().egress().get(i);
      FieldPath path = SPEC.field("egress").index(i);
      if (listener.port().isPresent()) {
        checkEgressPort(listener, listener.port().get(), path, ports, sockets, violations);
      } else if (i < size - 1) {
        violations.missing(path.field("port"), "a port: only the last listener may be without");
      }
      EgressHostRules.check(
          listener.hosts(), sidecar.metadata().namespace(), path.field("hosts"), violations);
    }
  }

  private static void checkEgressPort(
      IstioEgressListener listener,
      Port port,
      FieldPath path,
      Set<Integer> ports,
      Set<String> sockets,
      Violations violations) {
    checkPort(port, path.field("port"), violations);
    FieldPath bind = path.field("bind");
    if (port.number() == 0) {
      if (!Addresses.looksUnix(listener.bind()) || !Addresses.isUnix(listener.bind())) {
        violations.error(bind, listener.bind(), Addresses.UNIX + ", since the port is 0");
      } else if (!sockets.add(listener.bind())) {
        violations.error(bind, listener.bind(), "each socket once");
      }
      if (listener.captureMode() == CaptureMode.IPTABLES) {
        violations.error(
            path.field("captureMode"), listener.captureMode(), "NONE with a Unix socket");
      }
      return;
    }
    violations.port(path.field("port").field("number"), port.number());
    if (!ports.add(port.number())) {
      violations.error(path.field("port").field("number"), port.number(), "each number once");
    }
    if (!listener.bind().isEmpty() && !Addresses.isIp(listener.bind())) {
      violations.error(bind, listener.bind(), "an IP, or port 0 for a Unix socket");
    }
  }

  private static void checkOutbound(
      OutboundTrafficPolicy policy, FieldPath path, Violations violations) {
    if (policy.egressProxy().isEmpty()) {
      return;
    }
    Destination proxy = policy.egressProxy().get();
    FieldPath proxyPath = path.field("egressProxy");
    if (policy.mode() != OutboundTrafficPolicy.Mode.ALLOW_ANY) {
      violations.conflict(proxyPath, "only with mode ALLOW_ANY (expected: none)");
      return;
    }
    if (proxy.host().startsWith("*")) {
      violations.error(proxyPath.field("host"), proxy.host(), Names.HOST);
    }
    if (proxy.port().isEmpty()) {
      violations.missing(proxyPath.field("port"), "a port");
    }
    RouteDestinationRules.check(proxy, proxyPath, violations);
  }
}
