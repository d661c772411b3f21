package io.mooring.service;

import io.mooring.model.Protocol;
import io.mooring.model.kubernetes.IntOrString;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.kubernetes.ServicePort;
import io.mooring.model.kubernetes.ServiceSpec;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.spiffe.TrustDomain;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a Kubernetes Service becomes a service of the mesh. Pure.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/">Protocol
 *     selection</a>
 */
final class KubernetesServiceRules {

  private static final String EXPORT_TO_ANNOTATION = "networking.istio.io/exportTo";
  private static final String ACCOUNTS_ANNOTATION = "alpha.istio.io/kubernetes-serviceaccounts";
  private static final String NAMES_ANNOTATION = "alpha.istio.io/canonical-serviceaccounts";
  private static final String HEADLESS = "None";
  private static final String EXTERNAL_NAME = "ExternalName";

  /**
   * SMTP, DNS, MySQL, MongoDB: the server speaks first, so that sniffing would wait for nothing.
   */
  private static final Set<Integer> SERVER_FIRST_PORTS = Set.of(25, 53, 3306, 27017);

  private KubernetesServiceRules() {}

  static ServiceDefinition definition(
      Service service, String clusterDomain, TrustDomain trustDomain) {
    ServiceSpec spec = service.spec();
    boolean external = spec.type().equals(EXTERNAL_NAME);
    boolean headless = spec.clusterIP().equals(HEADLESS);
    Set<String> exportTo = exportTo(service);
    MeshService.Builder result =
        MeshService.builder()
            .host(
                ServiceKey.ofKubernetes(
                        service.metadata().namespace(), service.metadata().name(), clusterDomain)
                    .host())
            .namespace(service.metadata().namespace())
            .name(service.metadata().name())
            .origin(MeshService.Origin.KUBERNETES_SERVICE)
            .creationTimestamp(service.metadata().creationTimestamp())
            .ports(ports(spec, external).values())
            .resolution(external ? Resolution.DNS : headless ? Resolution.NONE : Resolution.STATIC)
            .meshExternal(external)
            .exportTo(exportTo.isEmpty() ? Set.of("*") : exportTo)
            .subjectAltNames(subjectAltNames(service, trustDomain))
            .labels(service.metadata().labels());
    ServiceDefinition.Builder definition =
        ServiceDefinition.builder().exportsByDefault(exportTo.isEmpty());
    if (external) {
      String name = spec.externalName().toLowerCase(Locale.ROOT);
      if (!name.isEmpty()) {
        result.externalName(name.endsWith(".") ? name.substring(0, name.length() - 1) : name);
      }
      definition.addAllInlineWorkloads(externalWorkload(service));
    } else {
      result.selector(selector(spec));
      definition
          .namedTargets(namedTargets(spec))
          .publishesNotReady(spec.publishNotReadyAddresses());
      if (!headless) {
        result.addresses(addresses(spec));
      }
    }
    return definition.service(result.build()).build();
  }

  private static Set<String> addresses(ServiceSpec spec) {
    Set<String> addresses = new LinkedHashSet<>(spec.clusterIPs());
    addresses.add(spec.clusterIP());
    addresses.removeIf(address -> address.isEmpty() || address.equals(HEADLESS));
    return addresses;
  }

  /** Unlike that of a ServiceEntry, an empty selector selects nothing. */
  private static Optional<Map<String, String>> selector(ServiceSpec spec) {
    return spec.selector().isEmpty() ? Optional.empty() : Optional.of(spec.selector());
  }

  private static Set<String> exportTo(Service service) {
    return annotation(service, EXPORT_TO_ANNOTATION);
  }

  /** Whose certificates the endpoints have that are no pods or WorkloadEntries, as in Istio. */
  private static Set<String> subjectAltNames(Service service, TrustDomain trustDomain) {
    Set<String> names = annotation(service, NAMES_ANNOTATION);
    for (String account : annotation(service, ACCOUNTS_ANNOTATION)) {
      names.add(trustDomain.workload(service.metadata().namespace(), account).toString());
    }
    return names;
  }

  private static Set<String> annotation(Service service, String name) {
    Set<String> values = new LinkedHashSet<>();
    Arrays.stream(service.metadata().annotations().getOrDefault(name, "").split(",", -1))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .forEach(values::add);
    return values;
  }

  /** Envoy does not proxy SCTP: such a port is left out. An ExternalName maps no ports. */
  private static Map<Integer, MeshPort> ports(ServiceSpec spec, boolean external) {
    Map<Integer, MeshPort> portsByNumber = new TreeMap<>();
    for (ServicePort port : spec.ports()) {
      if (MeshPort.isValid(port.port()) && !port.protocol().equals("SCTP")) {
        OptionalInt target = external ? OptionalInt.empty() : numericTarget(port);
        portsByNumber.putIfAbsent(
            port.port(), new MeshPort(port.port(), port.name(), protocol(port), target));
      }
    }
    return portsByNumber;
  }

  private static OptionalInt numericTarget(ServicePort port) {
    return port.targetPort().orElse(null) instanceof IntOrString.Number target
        ? OptionalInt.of(target.value())
        : OptionalInt.empty();
  }

  private static Map<Integer, String> namedTargets(ServiceSpec spec) {
    Map<Integer, String> namedTargets = new TreeMap<>();
    for (ServicePort port : spec.ports()) {
      if (port.targetPort().orElse(null) instanceof IntOrString.Name target) {
        namedTargets.putIfAbsent(port.port(), target.value());
      }
    }
    return namedTargets;
  }

  private static Protocol protocol(ServicePort port) {
    if (port.protocol().equals("UDP")) {
      return Protocol.UDP;
    }
    String declared = port.appProtocol().orElse(port.name()).toLowerCase(Locale.ROOT);
    Protocol protocol =
        switch (declared) {
          case "kubernetes.io/h2c" -> Protocol.HTTP2; // KEP-3726
          case "kubernetes.io/ws" -> Protocol.HTTP;
          case "kubernetes.io/wss" -> Protocol.HTTPS;
          default -> Protocol.parse(prefix(declared));
        };
    return protocol == Protocol.AUTO && SERVER_FIRST_PORTS.contains(port.port())
        ? Protocol.TCP
        : protocol;
  }

  private static String prefix(String declared) {
    if (declared.equals("grpc-web") || declared.startsWith("grpc-web-")) {
      return "grpc-web";
    }
    int dash = declared.indexOf('-');
    return dash < 0 ? declared : declared.substring(0, dash);
  }

  private static List<MeshWorkload> externalWorkload(Service service) {
    return service.spec().externalName().isEmpty()
        ? List.of()
        : List.of(
            MeshWorkload.builder()
                .namespace(service.metadata().namespace())
                .name(service.metadata().name())
                .workloadName(service.metadata().name())
                .address(service.spec().externalName())
                .build());
  }
}
