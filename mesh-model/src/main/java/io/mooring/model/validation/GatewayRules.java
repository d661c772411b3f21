package io.mooring.model.validation;

import io.mooring.model.Protocol;
import io.mooring.model.networking.Gateway;
import io.mooring.model.networking.Port;
import io.mooring.model.networking.Server;
import io.mooring.model.networking.ServerTlsSettings;
import io.mooring.model.networking.ServerTlsSettings.Mode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of Gateways. */
final class GatewayRules {

  private static final FieldPath SERVERS = FieldPath.ROOT.field("spec").field("servers");

  private GatewayRules() {}

  static void check(Gateway gateway, Violations violations) {
    List<Server> servers = gateway.spec().servers();
    if (gateway.metadata().name().indexOf('.') >= 0) {
      violations.error(
          FieldPath.ROOT.field("metadata").field("name"), gateway.metadata().name(), Names.LABEL);
    }
    if (servers.isEmpty()) {
      violations.missing(SERVERS, "at least one server");
    }
    LabelRules.check(
        gateway.spec().selector(), FieldPath.ROOT.field("spec").field("selector"), violations);
    Set<String> portNames = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < servers.size(); i++) {
      Server server = servers.get(i);
      FieldPath path = SERVERS.index(i);
      checkServer(server, path, violations);
      server
          .port()
          .map(Port::name)
          .filter(name -> !name.isEmpty() && !portNames.add(name))
          .ifPresent(
              name -> violations.error(path.field("port").field("name"), name, "each name once"));
      if (!server.name().isEmpty() && !names.add(server.name())) {
        violations.error(path.field("name"), server.name(), "each name once");
      }
    }
  }

  private static void checkServer(Server server, FieldPath path, Violations violations) {
    if (server.hosts().isEmpty()) {
      violations.missing(path.field("hosts"), "at least one host");
    }
    for (int i = 0; i < server.hosts().size(); i++) {
      ScopedHostRules.checkGateway(server.hosts().get(i), path.field("hosts").index(i), violations);
    }
    if (server.port().isPresent()) {
      checkPort(server.port().get(), server.bind(), path.field("port"), violations);
      checkSecurity(server, server.port().get(), path, violations);
    } else {
      violations.missing(path.field("port"), "a port");
    }
    checkBind(server, path, violations);
    server.tls().ifPresent(tls -> ServerTlsRules.check(tls, path.field("tls"), violations));
  }

  private static void checkPort(Port port, String bind, FieldPath path, Violations violations) {
    if (!Protocols.isKnown(port.protocol())) {
      violations.error(path.field("protocol"), port.protocol(), Protocols.NAMES);
    }
    if (port.number() != 0 || !Addresses.looksUnix(bind)) {
      violations.port(path.field("number"), port.number());
    }
    if (port.targetPort().orElse(0) > 0) {
      violations.error(
          path.field("targetPort"), port.targetPort().getAsLong(), "none: a gateway has no target");
    }
    if (port.name().isEmpty()) {
      violations.missing(path.field("name"), "a name");
    }
  }

  private static void checkBind(Server server, FieldPath path, Violations violations) {
    String bind = server.bind();
    if (Addresses.looksUnix(bind)) {
      if (!Addresses.isUnix(bind)) {
        violations.error(path.field("bind"), bind, Addresses.UNIX);
      }
      server
          .port()
          .filter(port -> port.number() != 0)
          .ifPresent(
              port ->
                  violations.error(
                      path.field("port").field("number"), port.number(), "0 with a Unix socket"));
    } else if (!bind.isEmpty() && !Addresses.isIp(bind)) {
      violations.error(path.field("bind"), bind, "an IP or " + Addresses.UNIX);
    }
  }

  /** TLS settings belong to TLS ports; on an HTTP port they may only redirect to one. */
  private static void checkSecurity(
      Server server, Port port, FieldPath path, Violations violations) {
    Protocol protocol = Protocol.parse(port.protocol());
    FieldPath tlsPath = path.field("tls");
    if (server.tls().isEmpty()) {
      if (protocol.isTls()) {
        violations.missing(tlsPath, "TLS settings, since the protocol is " + port.protocol());
      }
      return;
    }
    ServerTlsSettings tls = server.tls().get();
    if (!protocol.isHttp() && tls.httpsRedirect()) {
      violations.warning(
          tlsPath.field("httpsRedirect"), "true", "has no effect: only HTTP can be redirected");
    }
    if (protocol.isTls() || !Protocols.isKnown(port.protocol())) {
      return;
    }
    boolean passing = tls.mode() == Mode.PASSTHROUGH || tls.mode() == Mode.AUTO_PASSTHROUGH;
    boolean files =
        !tls.caCertificates().isEmpty()
            || !tls.privateKey().isEmpty()
            || !tls.serverCertificate().isEmpty();
    if (!protocol.isHttp()) {
      violations.conflict(tlsPath, "excluded by protocol " + port.protocol() + " (expected: none)");
    } else if (!passing || files) {
      violations.conflict(
          tlsPath, "plain HTTP has no TLS settings (expected: httpsRedirect, or protocol HTTPS)");
    }
  }
}
