package io.mooring.registry;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.registry.memory.MemorySource;
import io.mooring.service.HostPrecedence;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small meshes, and what Istio made of them when it was run (1.32-dev, August 2026): the services
 * that proxies of two namespaces see, {@code V}, and their endpoints, {@code E}.
 */
class IstioResolutionTest {

  private static final Map<MeshService.Origin, String> KINDS =
      Map.of(MeshService.Origin.KUBERNETES_SERVICE, "k8s", MeshService.Origin.SERVICE_ENTRY, "se");

  static Stream<Arguments> meshes() throws IOException {
    try (InputStream file =
        IstioResolutionTest.class.getResourceAsStream("/istio/resolution.txt")) {
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split("(?m)^=== "))
          .filter(mesh -> !mesh.isEmpty())
          .map(
              mesh -> {
                String[] parts = mesh.split("(?m)^=>$", 2);
                int title = parts[0].indexOf('\n');
                return Arguments.of(
                    parts[0].substring(0, title), parts[0].substring(title + 1), parts[1].strip());
              })
          .toList()
          .stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("meshes")
  void whatIstioMakesOfAMeshIsMadeHere(String name, String objects, String expected) {
    MemorySource source = new MemorySource();
    try (ServiceRegistry registry =
        ServiceRegistry.builder()
            .source(source)
            .writer(Runnable::run)
            .delivery(Runnable::run)
            .build()
            .start()) {
      new ConfigCodec()
          .parse(name + ".yaml", objects)
          .objects()
          .forEach(it -> source.put(it.object()));
      assertThat(String.join("\n", lines(registry.snapshot()))).isEqualTo(expected);
    }
  }

  private static Set<String> lines(RegistrySnapshot snapshot) {
    Set<String> lines = new TreeSet<>();
    Set<String> hosts = new TreeSet<>();
    snapshot.services().forEach(service -> hosts.add(service.host()));
    for (String host : hosts) {
      for (String viewer : List.of("ns", "other", "third")) {
        HostPrecedence.winner(snapshot.servicesByHost(host), viewer)
            .filter(service -> service.aliasFor().isEmpty())
            .ifPresent(
                service -> {
                  if (!viewer.equals("third")) {
                    lines.add("V " + viewer + " " + line(service, snapshot));
                  }
                  snapshot
                      .endpoints(service.key())
                      .forEach(endpoint -> lines.add(line(service.key(), endpoint)));
                });
      }
    }
    return lines;
  }

  private static String line(MeshService service, RegistrySnapshot snapshot) {
    List<String> names = new ArrayList<>(service.subjectAltNames());
    snapshot
        .endpoints(service.key())
        .forEach(endpoint -> endpoint.identity().ifPresent(it -> names.add(it.toString())));
    return "%s/%s %s ports=%s addr=%s res=%d ext=%s san=%s"
        .formatted(
            service.host(),
            service.namespace(),
            KINDS.get(service.origin()),
            sorted(
                service.ports().stream()
                    .map(it -> it.number() + ":" + it.name() + ":" + it.protocol())),
            sorted(service.addresses().stream()),
            numberOf(service.resolution()),
            service.meshExternal(),
            sorted(names.stream()));
  }

  /** By Istio's own count of resolutions. */
  private static int numberOf(Resolution resolution) {
    return switch (resolution) {
      case STATIC -> 0;
      case DNS -> 1;
      case NONE -> 2;
      case DNS_ROUND_ROBIN -> 3;
      case DYNAMIC_DNS -> 5;
    };
  }

  private static String line(ServiceKey key, MeshEndpoint endpoint) {
    Map<String, String> labels = new TreeMap<>(endpoint.labels());
    labels.remove("topology.istio.io/cluster");
    return "E %s/%s %d>%s:%d tls=%s loc=%s w=%d net=%s sa=%s ns=%s wn=%s labels=%s"
        .formatted(
            key.host(),
            key.namespace(),
            endpoint.servicePort(),
            endpoint.address().replaceFirst("^unix://", ""),
            endpoint.port(),
            endpoint.tlsMode(),
            Stream.of(
                    endpoint.locality().region(),
                    endpoint.locality().zone(),
                    endpoint.locality().subzone())
                .filter(part -> !part.isEmpty())
                .collect(joining("/")),
            endpoint.weight(),
            endpoint.network(),
            endpoint.identity().map(Object::toString).orElse(""),
            endpoint.namespace(),
            endpoint.workloadName(),
            sorted(labels.entrySet().stream().map(it -> it.getKey() + "=" + it.getValue())));
  }

  private static String sorted(Stream<String> texts) {
    return texts.distinct().sorted().collect(joining(" ", "[", "]"));
  }
}
