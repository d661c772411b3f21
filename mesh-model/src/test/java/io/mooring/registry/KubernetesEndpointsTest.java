package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.mooring.model.Condition;
import io.mooring.model.ConfigObject;
import io.mooring.model.Locality;
import io.mooring.model.Metadata;
import io.mooring.model.kubernetes.Endpoint;
import io.mooring.model.kubernetes.EndpointPort;
import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.kubernetes.IntOrString;
import io.mooring.model.kubernetes.ObjectReference;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.kubernetes.PodSpec;
import io.mooring.model.kubernetes.PodStatus;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.kubernetes.ServicePort;
import io.mooring.model.kubernetes.ServiceSpec;
import io.mooring.registry.memory.MemorySource;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.ServiceKey;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods and EndpointSlices as endpoints of ServiceEntries and Kubernetes Services. */
class KubernetesEndpointsTest {

  private static final ServiceKey ENTRY = new ServiceKey("ratings.demo", "demo");
  private static final ServiceKey SERVICE =
      ServiceKey.ofKubernetes("demo", "ratings", "cluster.local");

  private final MemorySource source = new MemorySource();
  private final ServiceRegistry registry =
      ServiceRegistry.builder()
          .source(source)
          .writer(Runnable::run)
          .delivery(Runnable::run)
          .build()
          .start();

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void aServiceEntrySelectsWorkloadEntriesAndReadyPodsPodsFirst() {
    source.put(
        TestObjects.selecting("demo", "ratings", "ratings.demo", "ratings"),
        TestObjects.workload("demo", "a", "10.0.0.1", "ratings"),
        pod("z", "10.0.0.9", true),
        pod("y", "10.0.0.8", false));
    assertThat(addresses(ENTRY)).containsExactly("10.0.0.9", "10.0.0.1");
    assertThat(endpoints(ENTRY).get(0).identity().orElseThrow())
        .hasToString("spiffe://cluster.local/ns/demo/sa/default");
  }

  @ParameterizedTest
  @CsvSource({
    // Istio: serviceregistry_test, "ServiceEntry selects Pod that is in transit states"
    "Pending, '', True, false",
    "Running, 10.0.0.1, False, false",
    "Running, 10.0.0.1, Unknown, false",
    "Running, 10.0.0.1, True, true",
    "Running, '', True, false",
    "Failed, '', True, false",
    "Failed, 10.0.0.1, True, false",
    "Succeeded, 10.0.0.1, True, false"
  })
  void aPodCountsWhileItIsReadyAndHasAnIp(String phase, String ip, String ready, boolean expected) {
    source.put(TestObjects.selecting("demo", "ratings", "ratings.demo", "ratings"));
    source.put(pod("vm", "10.0.0.1", true));
    source.put(
        Pod.builder()
            .from(pod("vm", ip, true))
            .status(
                PodStatus.builder()
                    .phase(phase)
                    .podIP(ip)
                    .addConditions(Condition.builder().type("Ready").status(ready).build())
                    .build())
            .build());
    assertThat(addresses(ENTRY)).isEqualTo(expected ? List.of("10.0.0.1") : List.of());
  }

  @Test
  void aPodAndAWorkloadEntryOfOneNameAreTwoWorkloads() {
    source.put(
        TestObjects.selecting("demo", "ratings", "ratings.demo", "ratings"),
        TestObjects.workload("demo", "same", "10.0.0.1", "ratings"),
        pod("same", "10.0.0.2", true));
    assertThat(addresses(ENTRY)).containsExactly("10.0.0.2", "10.0.0.1");
    source.delete(pod("same", "", true).key());
    assertThat(addresses(ENTRY)).containsExactly("10.0.0.1");
  }

  @Test
  void aServiceWithoutSlicesSelectsPodsByItsOwnPortRules() {
    source.put(
        service(spec -> spec.addPorts(port("http", IntOrString.of(8080)))),
        pod("p", "10.0.0.1", true),
        TestObjects.workload("demo", "vm", "10.0.0.2", "ratings"));
    assertThat(endpoints(SERVICE))
        .extracting(MeshEndpoint::address, MeshEndpoint::port)
        .containsExactly(tuple("10.0.0.1", 8080), tuple("10.0.0.2", 8080));
    source.put(service(spec -> spec.addPorts(port("http", IntOrString.of("web")))));
    assertThat(endpoints(SERVICE))
        .extracting(MeshEndpoint::address, MeshEndpoint::port)
        .containsExactly(tuple("10.0.0.1", 9090));
  }

  @Test
  void slicesSayWhichPodsAreEndpointsAndWorkloadEntriesComeBesides() {
    source.put(
        service(spec -> spec.addPorts(port("http", IntOrString.of(8080)))),
        pod("p", "10.0.0.1", true),
        pod("q", "10.0.0.3", true),
        TestObjects.workload("demo", "vm", "10.0.0.2", "ratings"));
    source.put(slice("s1", endpoint("10.0.0.1", "p", true)));
    assertThat(addresses(SERVICE)).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
    source.put(slice("s1"));
    assertThat(addresses(SERVICE)).containsExactly("10.0.0.2");
    source.delete(slice("s1").key());
    assertThat(addresses(SERVICE)).containsExactly("10.0.0.1", "10.0.0.3", "10.0.0.2");
  }

  @Test
  void anEndpointOfASliceIsWhatItsPodIsOnceThatIsKnown() {
    source.put(
        service(spec -> spec.addPorts(port("http", IntOrString.of(8080)))),
        slice("s1", endpoint("10.0.0.1", "p", true)));
    assertThat(endpoints(SERVICE)).isEmpty();
    source.put(pod("p", "10.0.0.1", false));
    assertThat(endpoints(SERVICE))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.identity()).isPresent();
              assertThat(it.labels()).containsEntry("app", "ratings");
              assertThat(it.port()).isEqualTo(7070);
            });
    source.put(pod("p", "", false));
    assertThat(endpoints(SERVICE).get(0).identity()).isPresent();
    assertThat(addresses(SERVICE)).containsExactly("10.0.0.1");
    source.delete(pod("p", "", true).key());
    assertThat(endpoints(SERVICE)).isEmpty();
  }

  @Test
  void anEndpointThatRefersToNoPodIsThatOfItsAddress() {
    source.put(
        service(spec -> spec.addPorts(port("http", IntOrString.of(8080)))),
        slice("s1", endpoint("10.0.0.1", "", true)));
    assertThat(endpoints(SERVICE).get(0).identity()).isEmpty();
    assertThat(endpoints(SERVICE).get(0).locality()).isEqualTo(new Locality("", "z1", ""));
    source.put(pod("q", "10.0.0.1", false), pod("p", "10.0.0.1", false));
    assertThat(endpoints(SERVICE)).singleElement().returns("p", MeshEndpoint::workloadName);
    assertThat(endpoints(SERVICE).get(0).identity()).isPresent();
    source.put(pod("p", "10.0.0.2", false));
    assertThat(endpoints(SERVICE)).singleElement().returns("q", MeshEndpoint::workloadName);
    source.delete(pod("q", "", true).key());
    assertThat(endpoints(SERVICE).get(0).identity()).isEmpty();
    source.put(slice("s1"), pod("q", "10.0.0.1", true));
    assertThat(endpoints(SERVICE)).isEmpty();
  }

  @Test
  void endpointsThatAreNotReadyCountOnlyWhereTheServicePublishesThem() {
    source.put(
        service(spec -> spec.addPorts(port("http", IntOrString.of(8080)))),
        pod("p", "10.0.0.1", false),
        slice("s1", endpoint("10.0.0.1", "p", false)));
    assertThat(addresses(SERVICE)).isEmpty();
    source.put(
        service(
            spec ->
                spec.addPorts(port("http", IntOrString.of(8080))).publishNotReadyAddresses(true)));
    assertThat(addresses(SERVICE)).containsExactly("10.0.0.1");
  }

  @Test
  void anEndpointThatMovesBetweenSlicesIsThereOnce() {
    source.put(
        service(spec -> spec.addPorts(port("http", IntOrString.of(8080)))),
        pod("p", "10.0.0.1", true),
        pod("q", "10.0.0.2", true),
        slice("s1", endpoint("10.0.0.1", "p", true)),
        slice("s2", endpoint("10.0.0.1", "p", true), endpoint("10.0.0.2", "q", true)));
    assertThat(addresses(SERVICE)).containsExactly("10.0.0.1", "10.0.0.2");
  }

  @Test
  void aHeadlessServiceHasTheEndpointsOfItsSlicesButNoWorkloadEntries() {
    source.put(
        service(spec -> spec.clusterIP("None").addPorts(port("http", IntOrString.of(8080)))),
        TestObjects.workload("demo", "vm", "10.0.0.2", "ratings"),
        pod("p", "10.0.0.1", true),
        slice("s1", endpoint("10.0.0.1", "p", true)));
    assertThat(addresses(SERVICE)).containsExactly("10.0.0.1");
  }

  @Test
  void aServiceWithoutASelectorHasTheEndpointsOfItsSlices() {
    source.put(
        Service.builder()
            .metadata(Metadata.of("demo", "ratings"))
            .spec(ServiceSpec.builder().addPorts(port("http", IntOrString.of(8080))).build())
            .build(),
        pod("p", "10.0.0.9", true),
        slice("s1", endpoint("192.0.2.1", "", true)));
    assertThat(endpoints(SERVICE))
        .extracting(MeshEndpoint::address, MeshEndpoint::port)
        .containsExactly(tuple("192.0.2.1", 7070));
  }

  @Test
  void aSliceOfAServiceThatIsNoneIsNobodys() {
    source.put(slice("s1", endpoint("10.0.0.1", "p", true)));
    assertThat(registry.snapshot().services()).isEmpty();
  }

  private List<MeshEndpoint> endpoints(ServiceKey key) {
    return registry.snapshot().endpoints(key);
  }

  private List<String> addresses(ServiceKey key) {
    return endpoints(key).stream().map(MeshEndpoint::address).toList();
  }

  private static ConfigObject service(UnaryOperator<ServiceSpec.Builder> change) {
    return Service.builder()
        .metadata(Metadata.of("demo", "ratings"))
        .spec(
            change
                .apply(ServiceSpec.builder().clusterIP("10.96.0.1").putSelector("app", "ratings"))
                .build())
        .build();
  }

  private static ServicePort port(String name, IntOrString target) {
    return ServicePort.builder().port(80).name(name).targetPort(target).build();
  }

  private static Pod pod(String name, String ip, boolean ready) {
    return Pod.builder()
        .metadata(
            Metadata.builder()
                .namespace("demo")
                .name(name)
                .labels(Map.of("app", "ratings"))
                .build())
        .spec(
            PodSpec.builder()
                .addContainers(
                    PodSpec.Container.builder()
                        .addPorts(
                            PodSpec.ContainerPort.builder().name("web").containerPort(9090).build(),
                            PodSpec.ContainerPort.builder().name("http").containerPort(1).build())
                        .build())
                .build())
        .status(
            PodStatus.builder()
                .podIP(ip)
                .addConditions(
                    Condition.builder().type("Ready").status(ready ? "True" : "False").build())
                .build())
        .build();
  }

  private static EndpointSlice slice(String name, Endpoint... endpoints) {
    return EndpointSlice.builder()
        .metadata(
            Metadata.builder()
                .namespace("demo")
                .name(name)
                .putLabels("kubernetes.io/service-name", "ratings")
                .build())
        .addEndpoints(endpoints)
        .addPorts(
            EndpointPort.builder().name("http").port(7070).build(),
            EndpointPort.builder().name("other").port(7071).build())
        .build();
  }

  private static Endpoint endpoint(String address, String pod, boolean ready) {
    Endpoint.Builder endpoint =
        Endpoint.builder()
            .addAddresses(address)
            .zone("z1")
            .conditions(Endpoint.Conditions.builder().ready(ready).build());
    if (!pod.isEmpty()) {
      endpoint.targetRef(ObjectReference.builder().kind("Pod").name(pod).build());
    }
    return endpoint.build();
  }
}
