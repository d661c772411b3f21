package io.mooring.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.util.Durations;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.envoyproxy.envoy.service.discovery.v3.ResourceError;
import io.grpc.Drainable;
import io.mooring.xds.protocol.Outgoing;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is written by hand is what the generated messages would write. */
class VariantTest {

  private static final ControlPlane CONTROL_PLANE =
      ControlPlane.newBuilder().setIdentifier("test").build();
  private static final VersionedResource ONE =
      VersionedResource.of("one", Cluster.newBuilder().setName("one").build());
  private static final VersionedResource TWO =
      VersionedResource.of("zwei-ü", Cluster.newBuilder().setName("zwei-ü").build());
  private static final VersionedResource MORTAL =
      VersionedResource.of("three", Cluster.newBuilder().setName("three").build())
          .withAliases(List.of("trois"))
          .withTtl(Duration.ofMillis(2_500));
  private static final VersionedResource ERROR =
      VersionedResource.error("four", Status.newBuilder().setCode(5).setMessage("no four").build());

  private static byte[] drained(WireResponse response) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    InputStream stream = WireResponse.MARSHALLER.stream(response);
    assertThat(((Drainable) stream).drainTo(out)).isEqualTo(response.size());
    assertThat(stream.available()).isZero();
    return out.toByteArray();
  }

  @Test
  void stateOfTheWorldIsADiscoveryResponse() throws IOException {
    WireResponse wire =
        new SotwVariant(CONTROL_PLANE)
            .encode(
                new Outgoing(
                    XdsType.CLUSTER,
                    "v",
                    "7",
                    List.of(ONE, TWO, MORTAL),
                    List.of(),
                    List.of(ERROR)));
    assertThat(drained(wire))
        .isEqualTo(
            DiscoveryResponse.newBuilder()
                .setVersionInfo("v")
                .addResources(ONE.body())
                .addResources(TWO.body())
                .addResources(Any.pack(mortal().setResource(MORTAL.body()).build()))
                .setTypeUrl(XdsType.CLUSTER.typeUrl())
                .setNonce("7")
                .setControlPlane(CONTROL_PLANE)
                .addResourceErrors(ERROR.body().unpack(ResourceError.class))
                .build()
                .toByteArray());
  }

  @Test
  void deltaIsADeltaDiscoveryResponse() throws IOException {
    WireResponse wire =
        new DeltaVariant(CONTROL_PLANE)
            .encode(
                new Outgoing(
                    XdsType.CLUSTER,
                    "v",
                    "7",
                    List.of(ONE, TWO, MORTAL, MORTAL.heartbeat()),
                    List.of("gone", "gone too"),
                    List.of(ERROR)));
    assertThat(drained(wire))
        .isEqualTo(
            DeltaDiscoveryResponse.newBuilder()
                .setSystemVersionInfo("v")
                .addResources(resource(ONE))
                .addResources(resource(TWO))
                .addResources(mortal().setResource(MORTAL.body()))
                .addResources(mortal())
                .setTypeUrl(XdsType.CLUSTER.typeUrl())
                .setNonce("7")
                .addRemovedResources("gone")
                .addRemovedResources("gone too")
                .setControlPlane(CONTROL_PLANE)
                .addResourceErrors(ERROR.body().unpack(ResourceError.class))
                .build()
                .toByteArray());
  }

  @Test
  void responseThatIsReadHasTheBytesOfOneThatIsDrained() throws IOException {
    WireResponse wire =
        new DeltaVariant(CONTROL_PLANE)
            .encode(new Outgoing(XdsType.CLUSTER, "v", "7", List.of(ONE), List.of(), List.of()));
    InputStream stream = WireResponse.MARSHALLER.stream(wire);
    assertThat(stream.available()).isEqualTo(wire.size());
    assertThat(stream.readAllBytes()).isEqualTo(drained(wire));
    ByteArrayOutputStream direct = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(direct);
    wire.writeTo(out);
    out.flush();
    assertThat(direct.toByteArray()).hasSize(wire.size());
  }

  private static Resource.Builder mortal() {
    return Resource.newBuilder()
        .setName("three")
        .setVersion(MORTAL.version())
        .addAliases("trois")
        .setTtl(Durations.fromMillis(2_500));
  }

  private static Resource resource(VersionedResource resource) {
    return Resource.newBuilder()
        .setName(resource.name())
        .setVersion(resource.version())
        .setResource(resource.body())
        .build();
  }
}
