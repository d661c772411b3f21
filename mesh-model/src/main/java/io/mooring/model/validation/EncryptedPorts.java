package io.mooring.model.validation;

import io.mooring.model.Protocol;
import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.VirtualService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Answers which ports of hosts are TLS for the client, so that a proxy sees no requests and applies
 * nothing of an HTTP route.
 */
final class EncryptedPorts {

  private final Map<String, List<ServiceEntryPort>> portsByHost = new HashMap<>();

  EncryptedPorts(List<ServiceEntry> entries) {
    for (ServiceEntry entry : entries) {
      for (String host : entry.spec().hosts()) {
        portsByHost
            .computeIfAbsent(host.toLowerCase(Locale.ROOT), same -> new ArrayList<>())
            .addAll(entry.spec().ports());
      }
    }
  }

  /** Warns of timeouts, retries and faults that can never apply. */
  void check(VirtualService service, Violations violations) {
    if (GatewayNameRules.onlyGateways(service.spec().gateways())) {
      return;
    }
    for (String host : service.spec().hosts()) {
      List<ServiceEntryPort> ports =
          portsByHost.getOrDefault(host.toLowerCase(Locale.ROOT), List.of());
      for (int i = 0; i < service.spec().http().size(); i++) {
        HttpRoute route = service.spec().http().get(i);
        FieldPath path = FieldPath.ROOT.field("spec").field("http").index(i);
        policy(route)
            .filter(policy -> isEncrypted(route, ports))
            .ifPresent(policy -> warn(path.field(policy), host, violations));
      }
    }
  }

  private static void warn(FieldPath path, String host, Violations violations) {
    violations.warning(
        path,
        host,
        "never applies: all ports of "
            + Quoted.value(host)
            + " that the route is for are HTTPS or TLS, so that proxies see no requests (expected:"
            + " an HTTP port with targetPort 443, and a DestinationRule with tls.mode SIMPLE)");
  }

  private static Optional<String> policy(HttpRoute route) {
    if (route.timeout().isPresent()) {
      return Optional.of("timeout");
    }
    if (route.fault().isPresent()) {
      return Optional.of("fault");
    }
    return route.retries().filter(retry -> retry.attempts() > 0).map(retry -> "retries");
  }

  /** Whether each port that the route may be for is encrypted, and there is one. */
  private static boolean isEncrypted(HttpRoute route, List<ServiceEntryPort> ports) {
    List<ServiceEntryPort> own =
        ports.stream().filter(port -> isFor(route, port.number())).toList();
    return !own.isEmpty() && own.stream().allMatch(port -> Protocol.parse(port.protocol()).isTls());
  }

  private static boolean isFor(HttpRoute route, int port) {
    return route.match().isEmpty()
        || route.match().stream()
            .map(HttpMatchRequest::port)
            .anyMatch(number -> number.isEmpty() || number.getAsInt() == port);
  }
}
