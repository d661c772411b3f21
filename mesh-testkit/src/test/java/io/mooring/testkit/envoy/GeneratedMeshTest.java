package io.mooring.testkit.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A mesh with one of everything, for every way of capture, judged by the real Envoy. */
class GeneratedMeshTest {

  private EnvoyValidator validator;

  @BeforeEach
  void findEnvoy() {
    validator = new EnvoyValidator(EnvoyAvailability.orSkip());
  }

  @ParameterizedTest
  @EnumSource(ProxyNode.Capture.class)
  void envoyAcceptsAllThatIsGenerated(ProxyNode.Capture capture) throws Exception {
    try (ServiceRegistry registry = registry()) {
      ResourceSet set = new MeshGenerator(registry::snapshot).initial(proxy(capture));
      List<RouteConfiguration> routes =
          all(set, XdsType.ROUTE, RouteConfiguration.getDefaultInstance());

      assertThat(routes).isNotEmpty();
      assertThatCode(
              () ->
                  validator.validate(
                      all(set, XdsType.LISTENER, Listener.getDefaultInstance()),
                      all(set, XdsType.CLUSTER, Cluster.getDefaultInstance()),
                      routes))
          .doesNotThrowAnyException();
    }
  }

  private static ServiceRegistry registry() throws IOException {
    MemorySource source = new MemorySource();
    try (InputStream yaml = GeneratedMeshTest.class.getResourceAsStream("/generated/mesh.yaml")) {
      ParsedConfig parsed =
          new ConfigCodec()
              .parse("mesh.yaml", new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
      assertThat(parsed.hasErrors()).as("%s", parsed.problems()).isFalse();
      parsed.objects().forEach(located -> source.put(located.object()));
    }
    return ServiceRegistry.builder()
        .source(source)
        .writer(Runnable::run)
        .delivery(Runnable::run)
        .build()
        .start();
  }

  private static ProxyNode proxy(ProxyNode.Capture capture) {
    return ProxyNode.parse(
        Node.newBuilder()
            .setId("sidecar~10.0.0.9~web.demo~demo.svc.cluster.local")
            .setMetadata(
                Struct.newBuilder()
                    .putFields(
                        "INTERCEPTION_MODE",
                        Value.newBuilder().setStringValue(capture.name()).build()))
            .build());
  }

  @SuppressWarnings("unchecked") // the parser of a message makes messages of its type
  private static <T extends Message> List<T> all(ResourceSet set, XdsType type, T prototype)
      throws InvalidProtocolBufferException {
    List<T> messages = new ArrayList<>();
    for (var resource : set.resources(type).values()) {
      messages.add((T) prototype.getParserForType().parseFrom(resource.body().getValue()));
    }
    return messages;
  }
}
