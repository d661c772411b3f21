package io.mooring.model.validation;

import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.ServiceEntrySpec.Location;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.WorkloadEntrySpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rules of ServiceEntries.
 *
 * <p>As Istio, accepts a workloadSelector beside MESH_EXTERNAL, of which it warns, and beside DNS
 * resolution, hosts of one label and a trailing dot.
 */
final class ServiceEntryRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final FieldPath HOSTS = SPEC.field("hosts");
  private static final FieldPath ADDRESSES = SPEC.field("addresses");
  private static final FieldPath ENDPOINTS = SPEC.field("endpoints");
  private static final FieldPath SELECTOR = SPEC.field("workloadSelector");
  private static final int MAX_ITEMS = 256;
  private static final int MAX_ENDPOINTS = 4096;
  private static final String WAYPOINT = "istio.io/use-waypoint";
  private static final String AUTO_ALLOCATE = "networking.istio.io/enable-autoallocate-ip";

  private ServiceEntryRules() {}

  static void check(ServiceEntry entry, Violations violations) {
    ServiceEntrySpec spec = entry.spec();
    checkHosts(spec, violations);
    checkAddresses(spec, violations);
    ServiceEntryPortRules.check(
        spec, entry.metadata().labels().getOrDefault(AUTO_ALLOCATE, ""), violations);
    checkSelector(spec, violations);
    checkEndpoints(spec, violations);
    checkResolution(spec, violations);
    if (spec.resolution() == Resolution.DYNAMIC_DNS
        && spec.location() == Location.MESH_INTERNAL
        && entry.metadata().labels().containsKey(WAYPOINT)) {
      violations.error(
          SPEC.field("location"), spec.location(), "MESH_EXTERNAL with DYNAMIC_DNS and a waypoint");
    }
    ExportToRules.check(spec.exportTo(), entry.metadata().namespace(), true, violations);
  }

  private static void checkHosts(ServiceEntrySpec spec, Violations violations) {
    if (spec.hosts().isEmpty()) {
      violations.missing(HOSTS, "at least one host");
    }
    atMost(spec.hosts(), MAX_ITEMS, HOSTS, violations);
    for (int i = 0; i < spec.hosts().size(); i++) {
      String host = spec.hosts().get(i);
      if (host.equals("*")) {
        violations.error(HOSTS.index(i), host, "a DNS name; '*' alone would be every host");
      } else if (!Names.isWildcardHost(host)) {
        violations.error(HOSTS.index(i), host, Names.WILDCARD_HOST);
      } else if (host.startsWith("*")
          && !host.startsWith("*.")
          && spec.resolution() != Resolution.DYNAMIC_DNS) {
        violations.warning(
            HOSTS.index(i),
            host,
            Quoted.value(host) + ": sidecars match only whole labels, as in *.example.org");
      }
    }
  }

  private static void checkAddresses(ServiceEntrySpec spec, Violations violations) {
    atMost(spec.addresses(), MAX_ITEMS, ADDRESSES, violations);
    boolean cidrAllowed =
        spec.resolution() == Resolution.NONE || spec.resolution() == Resolution.STATIC;
    for (int i = 0; i < spec.addresses().size(); i++) {
      String address = spec.addresses().get(i);
      if (Addresses.isCidr(address)) {
        if (!cidrAllowed) {
          violations.error(
              ADDRESSES.index(i), address, "an IP; CIDR only with resolution NONE or STATIC");
        }
      } else if (!Addresses.isIp(address)) {
        violations.error(ADDRESSES.index(i), address, "an IP or CIDR block");
      }
    }
  }

  private static void checkSelector(ServiceEntrySpec spec, Violations violations) {
    spec.workloadSelector()
        .ifPresent(
            selector -> {
              if (!spec.endpoints().isEmpty()) {
                violations.conflict(SELECTOR, "excludes endpoints (expected: one of both)");
              }
              if (spec.location() == Location.MESH_EXTERNAL) {
                violations.warning(
                    SELECTOR,
                    "",
                    "its workloads are spoken to in plain text, since MESH_EXTERNAL, also the"
                        + " default, says that they are not of the mesh (expected: MESH_INTERNAL)");
              }
              SelectorRules.check(selector.labels(), SELECTOR.field("labels"), violations);
            });
  }

  private static void checkEndpoints(ServiceEntrySpec spec, Violations violations) {
    atMost(spec.endpoints(), MAX_ENDPOINTS, ENDPOINTS, violations);
    boolean dns =
        spec.resolution() == Resolution.DNS || spec.resolution() == Resolution.DNS_ROUND_ROBIN;
    Set<String> portNames = new HashSet<>();
    spec.ports().forEach(port -> portNames.add(port.name()));
    for (int i = 0; i < spec.endpoints().size(); i++) {
      WorkloadEntrySpec endpoint = spec.endpoints().get(i);
      FieldPath path = ENDPOINTS.index(i);
      checkEndpointAddress(spec, endpoint, path, dns, violations);
      WorkloadEntryRules.checkRest(endpoint, path, violations);
      for (String name : endpoint.ports().keySet()) {
        if (!portNames.contains(name)) {
          violations.error(path.field("ports").field(name), name, "a name of spec.ports");
        }
      }
    }
  }

  private static void checkEndpointAddress(
      ServiceEntrySpec spec,
      WorkloadEntrySpec endpoint,
      FieldPath path,
      boolean dns,
      Violations violations) {
    if (dns && endpoint.address().isEmpty()) {
      violations.missing(path.field("address"), "an IP or a DNS name");
    } else if (!Addresses.looksUnix(endpoint.address())) {
      WorkloadEntryRules.checkAddress(endpoint, path, dns, violations);
    } else if (dns) {
      violations.error(
          path.field("address"), endpoint.address(), "an IP or a DNS name with resolution DNS");
    } else {
      WorkloadEntryRules.checkAddress(endpoint, path, false, violations);
      if (spec.ports().size() != 1) {
        violations.error(
            path.field("address"), endpoint.address(), "exactly one spec.ports with a Unix socket");
      }
    }
  }

  private static void checkResolution(ServiceEntrySpec spec, Violations violations) {
    switch (spec.resolution()) {
      case NONE -> {
        if (!spec.endpoints().isEmpty()) {
          violations.conflict(ENDPOINTS, "excluded by resolution NONE (expected: STATIC or DNS)");
        }
        if (spec.workloadSelector().isPresent()) {
          violations.warning(SELECTOR, "", "has no effect with resolution NONE");
        }
      }
      case STATIC -> {}
      case DNS, DNS_ROUND_ROBIN -> checkDns(spec, violations);
      case DYNAMIC_DNS -> checkDynamicDns(spec, violations);
    }
    boolean opaque =
        spec.ports().stream()
            .map(port -> Protocol.parse(port.protocol()))
            .anyMatch(protocol -> !protocol.isHttp() && !protocol.isTls());
    if (spec.hosts().size() > 1 && opaque && spec.resolution() != Resolution.NONE) {
      violations.conflict(
          HOSTS,
          spec.hosts().size()
              + " hosts cannot be told apart on a port that is neither HTTP nor TLS"
              + " (expected: one host)");
    }
  }

  private static void checkDns(ServiceEntrySpec spec, Violations violations) {
    if (spec.endpoints().isEmpty()) {
      for (int i = 0; i < spec.hosts().size(); i++) {
        String host = spec.hosts().get(i);
        if (Names.isWildcardHost(host) && !Names.isHost(host) && !host.equals("*")) {
          violations.error(
              HOSTS.index(i), host, "a DNS name without '*', which DNS can resolve, or endpoints");
        }
      }
    }
    if (spec.resolution() == Resolution.DNS_ROUND_ROBIN && spec.endpoints().size() > 1) {
      violations.error(
          ENDPOINTS, spec.endpoints().size() + " endpoints", "at most one with DNS_ROUND_ROBIN");
    }
    boolean tcp =
        spec.ports().stream()
            .map(port -> Protocol.parse(port.protocol()))
            .anyMatch(protocol -> protocol == Protocol.TCP || protocol.isTls());
    if (!spec.addresses().isEmpty() && tcp && spec.hosts().size() > 1) {
      violations.warning(ADDRESSES, "", "all hosts share these addresses on TCP ports");
    }
  }

  private static void checkDynamicDns(ServiceEntrySpec spec, Violations violations) {
    violations.warning(
        SPEC.field("resolution"),
        spec.resolution(),
        "DYNAMIC_DNS is not translated yet: traffic passes through");
    for (int i = 0; i < spec.hosts().size(); i++) {
      if (!spec.hosts().get(i).startsWith("*")) {
        violations.error(
            HOSTS.index(i),
            spec.hosts().get(i),
            "a wildcard such as *.example.org with DYNAMIC_DNS");
      }
    }
    if (!spec.addresses().isEmpty()) {
      violations.conflict(ADDRESSES, "excluded by resolution DYNAMIC_DNS (expected: none)");
    }
    if (!spec.endpoints().isEmpty()) {
      violations.conflict(ENDPOINTS, "excluded by resolution DYNAMIC_DNS (expected: none)");
    }
    for (int i = 0; i < spec.ports().size(); i++) {
      String name = spec.ports().get(i).protocol();
      Protocol protocol = Protocol.parse(name);
      if (!(protocol == Protocol.HTTP
          || protocol == Protocol.HTTP2
          || protocol == Protocol.GRPC
          || protocol == Protocol.TLS)) {
        violations.error(
            SPEC.field("ports").index(i).field("protocol"),
            name,
            "HTTP, HTTP2, GRPC or TLS with DYNAMIC_DNS");
      }
    }
  }

  static void atMost(List<?> list, int max, FieldPath path, Violations violations) {
    if (list.size() > max) {
      violations.error(path, list.size() + " items", "at most " + max);
    }
  }
}
