package io.mooring.xds.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.codec.ConfigCodec;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {

  private static final String VIRTUAL_SERVICE =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: x, namespace: demo}
      spec:
        hosts: [x.example.com]
        exportTo: ["%s"]
        %s:
        - match: [{%s}]
          route: [{destination: {host: x.example.com}}]
      """;

  private static final String DESTINATION_RULE =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: x, namespace: demo}
      spec: {host: x.example.com%s}
      """;

  private static final String ENTRY =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: x, namespace: demo}
      spec: {address: 10.0.0.1, labels: {app: x}}
      """;

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
  void changeOfEndpointsKeepsTheIndexes() {
    put(VIRTUAL_SERVICE.formatted("*", "tcp", "port: 80"));
    put(DESTINATION_RULE.formatted(""));
    Policies before = policies("demo");

    put(ENTRY);

    assertThat(before.of(registry.snapshot())).isSameAs(before);
  }

  @Test
  void changeOfARuleMakesNewIndexes() {
    put(DESTINATION_RULE.formatted(""));
    Policies before = policies("demo");

    put(VIRTUAL_SERVICE.formatted("*", "tcp", "port: 80"));
    Policies withVirtualService = before.of(registry.snapshot());
    put(DESTINATION_RULE.formatted(", workloadSelector: {matchLabels: {app: x}}"));

    assertThat(withVirtualService.virtualServices().find("x.example.com")).isPresent();
    assertThat(withVirtualService.of(registry.snapshot()).byLabel()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"http, 'uri: {prefix: /a}'", "tcp, 'port: 80'", "tls, 'sniHosts: [x.example.com]'"})
  void onlyMatchesWithSourceLabelsSelectByLabel(String protocol, String match) {
    put(VIRTUAL_SERVICE.formatted("*", protocol, match));
    assertThat(policies("demo").byLabel()).isFalse();

    put(VIRTUAL_SERVICE.formatted("*", protocol, match + ", sourceLabels: {app: x}"));
    assertThat(policies("demo").byLabel()).isTrue();
    assertThat(policies("shop").byLabel()).isTrue();
  }

  @Test
  void virtualServiceThatIsNotVisibleDoesNotSelectByLabel() {
    put(VIRTUAL_SERVICE.formatted(".", "tcp", "sourceLabels: {app: x}"));

    assertThat(policies("demo").byLabel()).isTrue();
    assertThat(policies("shop").byLabel()).isFalse();
  }

  @Test
  void selectorOfADestinationRuleCountsInItsOwnNamespaceOnly() {
    put(DESTINATION_RULE.formatted(", workloadSelector: {matchLabels: {app: x}}"));

    assertThat(policies("demo").byLabel()).isTrue();
    assertThat(policies("shop").byLabel()).isFalse();
  }

  private Policies policies(String namespace) {
    return Policies.of(registry.snapshot(), namespace);
  }

  private void put(String yaml) {
    new ConfigCodec()
        .parse("test.yaml", yaml)
        .objects()
        .forEach(located -> source.put(located.object()));
  }
}
