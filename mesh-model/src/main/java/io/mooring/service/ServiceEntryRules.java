package io.mooring.service;

import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.ServiceEntrySpec.Location;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.ServiceEntryStatus;
import io.mooring.model.networking.WorkloadSelector;
import io.mooring.model.spiffe.TrustDomain;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a ServiceEntry becomes services. Pure.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/service-entry/">ServiceEntry</a>
 */
final class ServiceEntryRules {

  private static final String AUTO_ALLOCATE_LABEL = "networking.istio.io/enable-autoallocate-ip";

  private ServiceEntryRules() {}

  static List<ServiceDefinition> definitions(ServiceEntry entry, TrustDomain trustDomain) {
    Set<String> hosts = new LinkedHashSet<>();
    entry.spec().hosts().forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
    List<MeshWorkload> inline = inlineWorkloads(entry, trustDomain);
    List<ServiceDefinition> definitions = new ArrayList<>();
    for (String host : hosts) {
      definitions.add(
          ServiceDefinition.builder()
              .service(service(host, entry))
              .inlineWorkloads(isNamedByHost(entry.spec(), host) ? itself(host, entry) : inline)
              .exportsByDefault(entry.spec().exportTo().isEmpty())
              .wantsVirtualIp(wantsVirtualIp(host, entry))
              .recordedVirtualIps(recordedVirtualIps(host, entry))
              .build());
    }
    return definitions;
  }

  private static boolean wantsVirtualIp(String host, ServiceEntry entry) {
    ServiceEntrySpec spec = entry.spec();
    String label = entry.metadata().labels().getOrDefault(AUTO_ALLOCATE_LABEL, "");
    return spec.addresses().isEmpty()
        && spec.resolution() != Resolution.NONE
        && !label.equalsIgnoreCase("false")
        && (!host.startsWith("*") || spec.resolution() == Resolution.DYNAMIC_DNS);
  }

  private static List<String> recordedVirtualIps(String host, ServiceEntry entry) {
    return entry.status().stream()
        .flatMap(status -> status.addresses().stream())
        .filter(address -> address.host().equalsIgnoreCase(host))
        .map(ServiceEntryStatus.Address::value)
        .filter(IpAddress::isIp)
        .distinct()
        .toList();
  }

  private static MeshService service(String host, ServiceEntry entry) {
    ServiceEntrySpec spec = entry.spec();
    return MeshService.builder()
        .host(host)
        .namespace(entry.metadata().namespace())
        .name(entry.metadata().name())
        .origin(MeshService.Origin.SERVICE_ENTRY)
        .creationTimestamp(entry.metadata().creationTimestamp())
        .ports(ports(spec))
        .resolution(spec.resolution())
        .addresses(addresses(spec))
        .meshExternal(spec.location() == Location.MESH_EXTERNAL)
        .exportTo(spec.exportTo().isEmpty() ? Set.of("*") : new LinkedHashSet<>(spec.exportTo()))
        .subjectAltNames(spec.subjectAltNames())
        .labels(entry.metadata().labels())
        .selector(spec.workloadSelector().map(WorkloadSelector::labels))
        .build();
  }

  private static Collection<MeshPort> ports(ServiceEntrySpec spec) {
    Map<Integer, MeshPort> portsByNumber = new TreeMap<>();
    for (ServiceEntryPort port : spec.ports()) {
      if (MeshPort.isValid(port.number())) {
        portsByNumber.putIfAbsent(
            port.number(),
            new MeshPort(
                port.number(), port.name(), Protocol.parse(port.protocol()), port.targetPort()));
      }
    }
    return portsByNumber.values();
  }

  private static Set<String> addresses(ServiceEntrySpec spec) {
    Set<String> addresses = new LinkedHashSet<>();
    spec.addresses().forEach(address -> addresses.add(IpAddress.withoutFullPrefix(address)));
    return addresses;
  }

  /** Inline endpoints count only without a selector, as in the API. */
  private static List<MeshWorkload> inlineWorkloads(ServiceEntry entry, TrustDomain trustDomain) {
    List<MeshWorkload> workloads = new ArrayList<>();
    if (entry.spec().workloadSelector().isEmpty()) {
      for (int i = 0; i < entry.spec().endpoints().size(); i++) {
        WorkloadRules.inline(entry.metadata(), i, entry.spec().endpoints().get(i), trustDomain)
            .filter(workload -> fits(workload, entry.spec().resolution()))
            .ifPresent(workloads::add);
      }
    }
    return workloads;
  }

  /**
   * An address that does not fit would make Envoy refuse every endpoint of the cluster. None at all
   * fits where proxies may go through the gateway of its network instead.
   */
  private static boolean fits(MeshWorkload workload, Resolution resolution) {
    return switch (resolution) {
      case STATIC -> workload.hasIp() || workload.isUnixSocket() || !workload.hasAddress();
      case NONE -> workload.hasIp() || workload.isUnixSocket();
      case DNS, DNS_ROUND_ROBIN, DYNAMIC_DNS -> !workload.isUnixSocket();
    };
  }

  /** A DNS service without endpoints is its own endpoint; a wildcard has no address to resolve. */
  private static boolean isNamedByHost(ServiceEntrySpec spec, String host) {
    return (spec.resolution() == Resolution.DNS || spec.resolution() == Resolution.DNS_ROUND_ROBIN)
        && spec.endpoints().isEmpty()
        && spec.workloadSelector().isEmpty()
        && !host.startsWith("*");
  }

  private static List<MeshWorkload> itself(String host, ServiceEntry entry) {
    return List.of(
        MeshWorkload.builder()
            .namespace(entry.metadata().namespace())
            .name(entry.metadata().name())
            .workloadName(entry.metadata().name())
            .address(host)
            .build());
  }
}
