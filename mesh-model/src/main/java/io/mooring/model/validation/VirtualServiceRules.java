package io.mooring.model.validation;

import io.mooring.model.networking.L4MatchAttributes;
import io.mooring.model.networking.TcpRoute;
import io.mooring.model.networking.TlsMatchAttributes;
import io.mooring.model.networking.TlsRoute;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.VirtualServiceSpec;
import java.util.List;

/**
 * Rules of VirtualServices. One without hosts is, as in Istio, a delegate: the part of another one
 * that a different team owns.
 */
final class VirtualServiceRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final FieldPath HOSTS = SPEC.field("hosts");
  private static final String CLUSTER_SNI = "outbound_."; // as gateways between networks see it

  private VirtualServiceRules() {}

  static void check(VirtualService service, Violations violations) {
    VirtualServiceSpec spec = service.spec();
    checkHosts(spec, violations);
    GatewayNameRules.check(spec.gateways(), SPEC.field("gateways"), violations);
    if (spec.http().isEmpty() && spec.tls().isEmpty() && spec.tcp().isEmpty()) {
      violations.missing(SPEC, "at least one of http, tls, tcp");
    }
    boolean delegate = spec.hosts().isEmpty();
    boolean gateway = GatewayNameRules.onlyGateways(spec.gateways());
    for (int i = 0; i < spec.http().size(); i++) {
      HttpRouteRules.check(
          spec.http().get(i), SPEC.field("http").index(i), delegate, gateway, violations);
    }
    UnreachableRules.check(spec, violations);
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
    boolean gateway = GatewayNameRules.onlyGateways(spec.gateways());
    boolean sni = spec.tls().stream().anyMatch(route -> !route.match().isEmpty());
    List<String> hosts = spec.hosts();
    for (int i = 0; i < hosts.size(); i++) {
      String host = hosts.get(i);
      boolean fits =
          Names.isWildcardHost(host)
              || Addresses.isIp(host)
              || (gateway && sni && host.startsWith(CLUSTER_SNI));
      if (!fits) {
        violations.error(HOSTS.index(i), host, Names.WILDCARD_HOST + ", or an IP");
      } else if (host.equals("*") && !gateway) {
        violations.error(HOSTS.index(i), host, "a DNS name; '*' only for gateways other than mesh");
      } else if (hosts.subList(0, i).stream().anyMatch(other -> Names.overlap(other, host))) {
        violations.error(HOSTS.index(i), host, "hosts that do not overlap");
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
      GatewayNameRules.check(match.gateways(), matchPath.field("gateways"), violations);
    }
    RouteDestinationRules.checkAll(route.route(), path.field("route"), violations);
  }

  private static void checkSniHosts(
      VirtualServiceSpec spec, TlsMatchAttributes match, FieldPath path, Violations violations) {
    if (match.sniHosts().isEmpty()) {
      violations.missing(path, "at least one server name");
    }
    boolean gateway = GatewayNameRules.onlyGateways(spec.gateways());
    for (int i = 0; i < match.sniHosts().size(); i++) {
      String name = match.sniHosts().get(i);
      if (Addresses.isIp(name)) {
        violations.warning(
            path.index(i), name, Quoted.value(name) + ": clients send no IP as server name");
      } else if (!Names.isWildcardHost(name) && !(gateway && name.startsWith(CLUSTER_SNI))) {
        violations.error(path.index(i), name, Names.WILDCARD_HOST);
      } else if (spec.hosts().stream().noneMatch(host -> Names.covers(host, name))) {
        violations.error(path.index(i), name, "a name that one of spec.hosts covers");
      }
    }
  }

  private static void checkTcp(TcpRoute route, FieldPath path, Violations violations) {
    for (int i = 0; i < route.match().size(); i++) {
      FieldPath matchPath = path.field("match").index(i);
      L4MatchAttributes match = route.match().get(i);
      checkSubnets(match.destinationSubnets(), matchPath, violations);
      match.port().ifPresent(port -> violations.port(matchPath.field("port"), port));
      LabelRules.check(match.sourceLabels(), matchPath.field("sourceLabels"), violations);
      GatewayNameRules.check(match.gateways(), matchPath.field("gateways"), violations);
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
