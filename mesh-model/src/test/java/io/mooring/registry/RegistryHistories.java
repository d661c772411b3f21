package io.mooring.registry;

import io.mooring.model.Condition;
import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.Metadata;
import io.mooring.model.kubernetes.Endpoint;
import io.mooring.model.kubernetes.EndpointPort;
import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.kubernetes.IntOrString;
import io.mooring.model.kubernetes.Namespace;
import io.mooring.model.kubernetes.ObjectReference;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.kubernetes.PodSpec;
import io.mooring.model.kubernetes.PodStatus;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.kubernetes.ServicePort;
import io.mooring.model.kubernetes.ServiceSpec;
import io.mooring.model.mesh.MeshConfig;
import io.mooring.model.mesh.MeshConfigSpec;
import io.mooring.model.mesh.MeshNetworks;
import io.mooring.model.mesh.MeshNetworksSpec;
import io.mooring.model.mesh.NamespaceSelector;
import io.mooring.model.mesh.Network;
import io.mooring.model.mesh.ServiceEntryVisibility;
import io.mooring.model.mesh.ServiceEntryVisibility.MatchRule;
import io.mooring.model.mesh.ServiceEntryVisibility.Policy;
import io.mooring.model.mesh.ServiceEntryVisibility.Visibility;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadSelector;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Upsert;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Objects of a world so small that they collide all the time. */
final class RegistryHistories {

  static final List<String> NAMESPACES = List.of("a", "b");
  static final List<String> HOSTS = List.of("x.test", "y.test", "x.a.svc.cluster.local");
  static final List<String> ADDRESSES =
      List.of("10.0.0.1", "10.0.0.2", "fd00::1", "FD00:0::1", "vm.test", "unix:///run/x.sock", "");

  static final List<String> NETWORKS = List.of("", "n1", "n2");

  private RegistryHistories() {}

  /** One batch of one of two sources. */
  record Batch(int source, List<RegistryEvent> events) {}

  static Arbitrary<List<Batch>> histories() {
    return Combinators.combine(Arbitraries.of(0, 1), events().list().ofMinSize(1).ofMaxSize(4))
        .as(Batch::new)
        .list()
        .ofMaxSize(25);
  }

  private static Arbitrary<RegistryEvent> events() {
    Arbitrary<ConfigObject> objects =
        Arbitraries.frequencyOf(
            Tuple.of(5, workloads()),
            Tuple.of(4, serviceEntries()),
            Tuple.of(2, services()),
            Tuple.of(3, pods()),
            Tuple.of(2, slices()),
            Tuple.of(1, meshConfigs()),
            Tuple.of(1, namespaces()),
            Tuple.of(1, meshNetworks()),
            Tuple.of(1, policies()));
    return Combinators.combine(objects, Arbitraries.of(true, true, false))
        .as((object, exists) -> exists ? new Upsert(object) : new Delete(object.key()));
  }

  private static Arbitrary<Metadata> metadata() {
    return Combinators.combine(
            Arbitraries.of(NAMESPACES),
            Arbitraries.of("x", "y"),
            Arbitraries.of(
                Optional.<Instant>empty(),
                Optional.of(Instant.EPOCH),
                Optional.of(Instant.EPOCH.plusSeconds(1))))
        .as(
            (namespace, name, created) ->
                Metadata.builder()
                    .namespace(namespace)
                    .name(name)
                    .creationTimestamp(created)
                    .build());
  }

  private static Arbitrary<Map<String, String>> labels() {
    return Arbitraries.of(
        Map.of("app", "p"), Map.of("app", "q"), Map.of("app", "p", "v", "1"), Map.of());
  }

  private static Arbitrary<ConfigObject> workloads() {
    return Combinators.combine(
            metadata(),
            labels(),
            Arbitraries.of(ADDRESSES),
            Arbitraries.of(Map.of(), Map.of("http", 8080), Map.of("web", 9090)),
            Arbitraries.of("", "account", "not an account"),
            Arbitraries.of(NETWORKS))
        .as(
            (metadata, labels, address, ports, account, network) ->
                WorkloadEntry.builder()
                    .metadata(metadata)
                    .spec(
                        WorkloadEntrySpec.builder()
                            .address(address)
                            .network(network)
                            .labels(labels)
                            .putAllPorts(typed(ports))
                            .serviceAccount(account)
                            .build())
                    .build());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Integer> typed(Map<?, ?> ports) {
    return (Map<String, Integer>) ports;
  }

  private static Arbitrary<ConfigObject> serviceEntries() {
    Arbitrary<ServiceEntryPort> ports =
        Combinators.combine(Arbitraries.of(80, 81), Arbitraries.of("http", "web"))
            .as((number, name) -> ServiceEntryPort.builder().number(number).name(name).build());
    Arbitrary<Optional<WorkloadSelector>> selectors =
        labels().map(labels -> WorkloadSelector.builder().labels(labels).build()).optional(0.7);
    Arbitrary<List<WorkloadEntrySpec>> inline =
        Arbitraries.of(ADDRESSES)
            .map(address -> WorkloadEntrySpec.builder().address(address).build())
            .list()
            .ofMaxSize(2);
    return Combinators.combine(
            metadata(),
            Arbitraries.of(HOSTS).list().ofMinSize(1).ofMaxSize(2),
            ports.list().ofMinSize(1).ofMaxSize(2),
            Arbitraries.of(Resolution.class),
            selectors,
            inline,
            Arbitraries.of(
                List.<String>of(), List.of("."), List.of("*"), List.of("~"), List.of("b")))
        .as(
            (metadata, hosts, portList, resolution, selector, endpoints, exportTo) ->
                ServiceEntry.builder()
                    .metadata(metadata)
                    .spec(
                        ServiceEntrySpec.builder()
                            .hosts(hosts)
                            .ports(portList)
                            .resolution(resolution)
                            .workloadSelector(selector)
                            .endpoints(endpoints)
                            .exportTo(exportTo)
                            .build())
                    .build());
  }

  private static Arbitrary<ConfigObject> services() {
    return Combinators.combine(
            metadata(),
            labels(),
            Arbitraries.of("", "None", "10.96.0.1"),
            Arbitraries.of("ClusterIP", "ExternalName"),
            Arbitraries.of(
                Optional.<IntOrString>empty(),
                Optional.of(IntOrString.of(8080)),
                Optional.of(IntOrString.of("web"))),
            Arbitraries.of("out.test", "x.test", "x.a.svc.cluster.local", "y.b.svc.cluster.local"))
        .as(
            (metadata, selector, clusterIp, type, target, externalName) ->
                Service.builder()
                    .metadata(metadata)
                    .spec(
                        ServiceSpec.builder()
                            .selector(selector)
                            .clusterIP(clusterIp)
                            .type(type)
                            .externalName(externalName)
                            .addPorts(
                                ServicePort.builder()
                                    .port(80)
                                    .name("http")
                                    .targetPort(target)
                                    .build())
                            .build())
                    .build());
  }

  private static Arbitrary<ConfigObject> meshConfigs() {
    return Combinators.combine(
            Arbitraries.of("istio-system", "a"),
            Arbitraries.of(List.<String>of(), List.of("*"), List.of("."), List.of("b")),
            visibilities().optional())
        .as(
            (namespace, exportTo, visibility) ->
                MeshConfig.builder()
                    .metadata(Metadata.of(namespace, "istio"))
                    .spec(
                        MeshConfigSpec.builder()
                            .defaultServiceExportTo(exportTo)
                            .serviceEntryVisibility(visibility)
                            .build())
                    .build());
  }

  private static Arbitrary<ServiceEntryVisibility> visibilities() {
    return Combinators.combine(
            Arbitraries.of(Visibility.class),
            Arbitraries.of(Visibility.class),
            Arbitraries.of(true, true, false))
        .as(
            (otherwise, ofTeam, applies) ->
                ServiceEntryVisibility.builder()
                    .defaultVisibility(otherwise)
                    .applyToSidecars(applies)
                    .addPolicies(
                        Policy.builder()
                            .visibility(ofTeam)
                            .addMatchingRules(
                                MatchRule.builder()
                                    .namespaceSelector(
                                        NamespaceSelector.builder()
                                            .putMatchLabels("team", "1")
                                            .build())
                                    .build())
                            .build())
                    .build());
  }

  private static Arbitrary<ConfigObject> namespaces() {
    return Combinators.combine(
            Arbitraries.of("a", "b", "istio-system"),
            Arbitraries.of("1", "2"),
            Arbitraries.of("", "net-1", "net-2"))
        .as(
            (name, team, network) ->
                Namespace.builder()
                    .metadata(
                        Metadata.builder()
                            .namespace("")
                            .name(name)
                            .putLabels("team", team)
                            .putLabels("topology.istio.io/network", network)
                            .build())
                    .build());
  }

  private static Arbitrary<ConfigObject> meshNetworks() {
    return Combinators.combine(
            Arbitraries.of("istio-system", "a"),
            Arbitraries.of("10.0.0.0/24", "10.0.0.2", "fd00::/16", "0.0.0.0/0"),
            Arbitraries.of("", "x.a.svc.cluster.local"),
            Arbitraries.of("east", "west"))
        .as(
            (namespace, block, gateway, cluster) ->
                MeshNetworks.builder()
                    .metadata(Metadata.of(namespace, "istio"))
                    .spec(
                        MeshNetworksSpec.builder()
                            .putNetworks("n1", network(block, gateway, cluster))
                            .putNetworks("n2", network("10.0.0.0/31", "", "south"))
                            .build())
                    .build());
  }

  private static Network network(String block, String gateway, String cluster) {
    return Network.builder()
        .addEndpoints(Network.NetworkEndpoints.builder().fromCidr(block).build())
        .addEndpoints(Network.NetworkEndpoints.builder().fromRegistry(cluster).build())
        .addGateways(
            gateway.isEmpty()
                ? Network.NetworkGateway.builder().address("192.0.2.1").port(15443).build()
                : Network.NetworkGateway.builder().registryServiceName(gateway).port(15443).build())
        .build();
  }

  private static Arbitrary<ConfigObject> pods() {
    return Combinators.combine(
            metadata(), labels(), Arbitraries.of(ADDRESSES), Arbitraries.of("True", "False"))
        .as(
            (metadata, labels, address, ready) ->
                Pod.builder()
                    .metadata(Metadata.builder().from(metadata).labels(labels).build())
                    .spec(
                        PodSpec.builder()
                            .addContainers(
                                PodSpec.Container.builder()
                                    .addPorts(
                                        PodSpec.ContainerPort.builder()
                                            .name("web")
                                            .containerPort(9090)
                                            .build())
                                    .build())
                            .build())
                    .status(
                        PodStatus.builder()
                            .podIP(address)
                            .addConditions(Condition.builder().type("Ready").status(ready).build())
                            .build())
                    .build());
  }

  private static Arbitrary<ConfigObject> slices() {
    Arbitrary<Endpoint> endpoints =
        Combinators.combine(
                Arbitraries.of(ADDRESSES),
                Arbitraries.of("x", "y", ""),
                Arbitraries.of(true, false))
            .as(
                (address, pod, ready) ->
                    Endpoint.builder()
                        .addAddresses(address)
                        .conditions(Endpoint.Conditions.builder().ready(ready).build())
                        .targetRef(
                            pod.isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                    ObjectReference.builder().kind("Pod").name(pod).build()))
                        .build());
    return Combinators.combine(metadata(), Arbitraries.of("x", "y"), endpoints.list().ofMaxSize(3))
        .as(
            (metadata, service, list) ->
                EndpointSlice.builder()
                    .metadata(
                        Metadata.builder()
                            .from(metadata)
                            .putLabels("kubernetes.io/service-name", service)
                            .build())
                    .endpoints(list)
                    .addPorts(EndpointPort.builder().name("http").port(8080).build())
                    .build());
  }

  private static Arbitrary<ConfigObject> policies() {
    return metadata().map(metadata -> PeerAuthentication.builder().metadata(metadata).build());
  }

  static boolean isKept(ConfigObject object, MeshSettings settings) {
    try {
      AcceptedObject.of(object, settings, "");
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static ConfigKey key(RegistryEvent event) {
    return event.fold(
        upsert -> upsert.object().key(),
        Delete::key,
        () -> {
          throw new AssertionError("Synced has no key");
        },
        stale -> {
          throw new AssertionError("Stale has no key");
        });
  }
}
