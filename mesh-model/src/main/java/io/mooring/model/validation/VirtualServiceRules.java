package io.mooring.model.validation;

import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.TcpRoute;
import io.mooring.model.networking.TlsMatchAttributes;
import io.mooring.model.networking.TlsRoute;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.VirtualServiceSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Rules of VirtualServices. One without hosts is, as in Istio, a delegate: the part of another one
 * that a different team owns.
 */
final class VirtualServiceRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final FieldPath HOSTS = SPEC.field("hosts");
  private static final String MESH = "mesh";

  private VirtualServiceRules() {}

  static void check(VirtualService service, Violations violations) {
    VirtualServiceSpec spec = service.spec();
    checkHosts(spec, violations);
    checkGateways(spec.gateways(), SPEC.field("gateways"), violations);
    if (spec.http().isEmpty() && spec.tls().isEmpty() && spec.tcp().isEmpty()) {
      violations.missing(SPEC, "at least one of http, tls, tcp");
    }
    boolean delegate = spec.hosts().isEmpty();
    for (int i = 0; i < spec.http().size(); i++) {
      HttpRouteRules.check(spec.http().get(i), SPEC.field("http").index(i), delegate, violations);
    }
    warnOfUnreachable(spec.http(), violations);
    for (int i = 0; i < spec.tls().size(); i++) {
      checkTls(spec, spec.tls().get(i), SPEC.field("tls").index(i), violations);
    }
    for (int i = 0; i < spec.tcp().size(); i++) {
      checkTcp(spec.tcp().get(i), SPEC.field("tcp").index(i), violations);
    }
    ExportToRules.check(spec.exportTo(), service.metadata().namespace(), false, violations);
  }

  private static void checkHosts(VirtualServiceSpec spec, Violations violations) {
    if (spec.hosts().isEmpty()) {
      checkDelegate(spec, violations);
    }
    boolean mesh = spec.gateways().isEmpty() || spec.gateways().contains(MESH);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < spec.hosts().size(); i++) {
      String host = spec.hosts().get(i);
      if (!Names.isWildcardHost(host) && !Addresses.isIp(host)) {
        violations.error(HOSTS.index(i), host, Names.WILDCARD_HOST + ", or an IP");
      } else if (host.equals("*") && mesh) {
        violations.error(HOSTS.index(i), host, "a DNS name; '*' only for gateways other than mesh");
      } else if (!seen.add(host.toLowerCase(Locale.ROOT))) {
        violations.error(HOSTS.index(i), host, "each host once");
      }
    }
  }

  private static void checkDelegate(VirtualServiceSpec spec, Violations violations) {
    if (!spec.gateways().isEmpty() || !spec.tls().isEmpty() || !spec.tcp().isEmpty()) {
      violations.missing(
          HOSTS, "at least one host; only a delegate, which has nothing but http, has none");
    } else {
      violations.warning(
          HOSTS, "", "missing: it can only be a delegate, and delegates are not applied yet");
    }
  }

  static void checkGateways(List<String> gateways, FieldPath path, Violations violations) {
    for (int i = 0; i < gateways.size(); i++) {
      String gateway = gateways.get(i);
      int slash = gateway.indexOf('/');
      boolean fits =
          slash < 0
              ? Names.isHost(gateway)
              : Names.isLabel(gateway.substring(0, slash))
                  && Names.isHost(gateway.substring(slash + 1));
      if (!fits) {
        violations.error(path.index(i), gateway, "mesh, a gateway or namespace/gateway");
      }
    }
  }

  private static void warnOfUnreachable(List<HttpRoute> routes, Violations violations) {
    for (int i = 0; i < routes.size() - 1; i++) {
      if (routes.get(i).match().isEmpty()) {
        violations.warning(
            SPEC.field("http").index(i + 1),
            "",
            "never reached: http[" + i + "] has no match and takes every request");
        return;
      }
    }
  }

  private static void checkTls(
      VirtualServiceSpec spec, TlsRoute route, FieldPath path, Violations violations) {
    if (route.match().isEmpty()) {
      violations.missing(path.field("match"), "at least one match with sniHosts");
    }
    for (int i = 0; i < route.match().size(); i++) {
      TlsMatchAttributes match = route.match().get(i);
      FieldPath matchPath = path.field("match").index(i);
      checkSniHosts(spec, match, matchPath.field("sniHosts"), violations);
      checkSubnets(match.destinationSubnets(), matchPath, violations);
      match.port().ifPresent(port -> violations.port(matchPath.field("port"), port));
      LabelRules.check(match.sourceLabels(), matchPath.field("sourceLabels"), violations);
      checkGateways(match.gateways(), matchPath.field("gateways"), violations);
    }
    RouteDestinationRules.checkAll(route.route(), path.field("route"), violations);
  }

  private static void checkSniHosts(
      VirtualServiceSpec spec, TlsMatchAttributes match, FieldPath path, Violations violations) {
    if (match.sniHosts().isEmpty()) {
      violations.missing(path, "at least one server name");
    }
    for (int i = 0; i < match.sniHosts().size(); i++) {
      String name = match.sniHosts().get(i);
      if (!Names.isWildcardHost(name)) {
        violations.error(path.index(i), name, Names.WILDCARD_HOST);
      } else if (spec.hosts().stream().noneMatch(host -> covers(host, name))) {
        violations.error(path.index(i), name, "a name that one of spec.hosts covers");
      }
    }
  }

  /** Whether a host, perhaps with a wildcard, contains all that another one does. */
  private static boolean covers(String host, String name) {
    String lowerHost = host.toLowerCase(Locale.ROOT);
    String lowerName = name.toLowerCase(Locale.ROOT);
    return lowerHost.equals(lowerName)
        || (lowerHost.startsWith("*") && lowerName.endsWith(lowerHost.substring(1)));
  }

  private static void checkTcp(TcpRoute route, FieldPath path, Violations violations) {
    for (int i = 0; i < route.match().size(); i++) {
      FieldPath matchPath = path.field("match").index(i);
      var match = route.match().get(i);
      checkSubnets(match.destinationSubnets(), matchPath, violations);
      match.port().ifPresent(port -> violations.port(matchPath.field("port"), port));
      LabelRules.check(match.sourceLabels(), matchPath.field("sourceLabels"), violations);
      checkGateways(match.gateways(), matchPath.field("gateways"), violations);
    }
    RouteDestinationRules.checkAll(route.route(), path.field("route"), violations);
  }

  private static void checkSubnets(List<String> subnets, FieldPath path, Violations violations) {
    for (int i = 0; i < subnets.size(); i++) {
      if (!Addresses.isIp(subnets.get(i)) && !Addresses.isCidr(subnets.get(i))) {
        violations.error(
            path.field("destinationSubnets").index(i), subnets.get(i), "an IP or CIDR block");
      }
    }
  }
}
