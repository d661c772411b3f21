package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.Metadata;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.kubernetes.ServicePort;
import io.mooring.model.kubernetes.ServiceSpec;
import io.mooring.registry.memory.MemorySource;
import io.mooring.service.Conflict;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * ExternalName Services as other names of services. Istio: push_context, TestResolveServiceAliases.
 */
class AliasTest {

  private static final ServiceKey RATINGS = new ServiceKey("ratings.demo", "demo");

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
  void anExternalNameOfAServiceOfTheMeshIsItsAlias() {
    source.put(alias("a", "Ratings.demo."));
    assertThat(service("a").aliasFor()).isEmpty();
    source.put(TestObjects.selecting("demo", "ratings", "ratings.demo", "ratings"));
    assertThat(service("a").aliasFor()).contains("ratings.demo");
    assertThat(registry.snapshot().service(RATINGS).orElseThrow().aliases())
        .containsExactly(key("a"));
    source.delete(TestObjects.selecting("demo", "ratings", "", "").key());
    assertThat(service("a").aliasFor()).isEmpty();
  }

  @Test
  void anAliasOfAnAliasIsOneOfWhatThatStandsFor() {
    source.put(
        TestObjects.selecting("demo", "ratings", "ratings.demo", "ratings"),
        alias("a", "ratings.demo"),
        alias("b", key("a").host()),
        alias("c", key("b").host()));
    assertThat(service("c").aliasFor()).contains("ratings.demo");
    assertThat(registry.snapshot().service(RATINGS).orElseThrow().aliases())
        .containsExactly(key("a"), key("b"), key("c"));
    source.put(alias("a", "elsewhere.test"));
    assertThat(service("c").aliasFor()).isEmpty();
    assertThat(registry.snapshot().service(RATINGS).orElseThrow().aliases()).isEmpty();
  }

  @Test
  void aliasesInACircleAreNoneAndReported() {
    source.put(
        alias("a", key("b").host()), alias("b", key("a").host()), alias("c", key("c").host()));
    assertThat(registry.snapshot().services())
        .allSatisfy(service -> assertThat(service.aliasFor()).isEmpty());
    assertThat(registry.snapshot().conflicts())
        .extracting(Conflict::kind)
        .containsOnly(Conflict.Kind.ALIAS)
        .hasSize(3);
  }

  @Test
  void aChangeOfAliasesIsAChangeOfBothServices() {
    List<ServiceKey> changed = new ArrayList<>();
    source.put(alias("a", "ratings.demo"));
    registry.addListener((snapshot, change) -> changed.addAll(change.services()));
    source.put(TestObjects.selecting("demo", "ratings", "ratings.demo", "ratings"));
    assertThat(changed).containsExactly(key("a"), RATINGS);
    changed.clear();
    source.delete(alias("a", "").key());
    assertThat(changed).containsExactly(key("a"), RATINGS);
  }

  private MeshService service(String name) {
    return registry.snapshot().service(key(name)).orElseThrow();
  }

  private static ServiceKey key(String name) {
    return ServiceKey.ofKubernetes("demo", name, "cluster.local");
  }

  private static Service alias(String name, String externalName) {
    return Service.builder()
        .metadata(Metadata.of("demo", name))
        .spec(
            ServiceSpec.builder()
                .type("ExternalName")
                .externalName(externalName)
                .addPorts(ServicePort.builder().port(80).name("http").build())
                .build())
        .build();
  }
}
