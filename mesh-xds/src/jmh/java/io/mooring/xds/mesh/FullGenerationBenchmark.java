package io.mooring.xds.mesh;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.mooring.xds.resource.Pack;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Everything for one sidecar of a mesh of 1,000 services: with nothing remembered, with everything
 * remembered, and the bare messages. Goal: {@code cold} at most twice {@code bareMessages}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class FullGenerationBenchmark {

  private static final Map<XdsType, Parser<? extends Message>> PARSERS =
      Map.of(
          XdsType.CLUSTER, Cluster.parser(),
          XdsType.ENDPOINT, ClusterLoadAssignment.parser(),
          XdsType.LISTENER, Listener.parser(),
          XdsType.ROUTE, RouteConfiguration.parser());

  private BenchMesh mesh;
  private MeshGenerator warm;
  private List<Bytes> bare;

  private record Bytes(Parser<? extends Message> parser, Any any) {}

  @Setup
  public void setUp() {
    mesh = new BenchMesh(1_000);
    warm = new MeshGenerator(mesh::snapshot);
    ResourceSet set = warm.initial(BenchMesh.PROXY);
    bare = new ArrayList<>();
    PARSERS.forEach(
        (type, parser) -> {
          for (VersionedResource resource : set.resources(type).values()) {
            bare.add(new Bytes(parser, resource.body()));
          }
        });
  }

  @TearDown
  public void tearDown() {
    mesh.close();
  }

  @Benchmark
  public ResourceSet cold() {
    return new MeshGenerator(mesh::snapshot).initial(BenchMesh.PROXY);
  }

  @Benchmark
  public ResourceSet remembered() {
    return warm.initial(BenchMesh.PROXY);
  }

  /**
   * Builds and serialises the same messages, those inside {@code Any} too. Building is parsing: the
   * cheapest way to the same objects, with no decision taken.
   */
  @Benchmark
  public void bareMessages(Blackhole hole) throws InvalidProtocolBufferException {
    for (Bytes bytes : bare) {
      Message message = bytes.parser().parseFrom(bytes.any().getValue());
      hole.consume(
          Pack.any(message instanceof Cluster cluster ? rebuildInner(cluster) : message));
    }
  }

  private static Cluster rebuildInner(Cluster from) throws InvalidProtocolBufferException {
    Cluster.Builder cluster = from.toBuilder();
    for (Map.Entry<String, Any> options : from.getTypedExtensionProtocolOptionsMap().entrySet()) {
      cluster.putTypedExtensionProtocolOptions(
          options.getKey(),
          Pack.any(HttpProtocolOptions.parseFrom(options.getValue().getValue())));
    }
    if (from.getTransportSocketMatchesCount() > 0) {
      var socket = cluster.getTransportSocketMatchesBuilder(0).getTransportSocketBuilder();
      socket.setTypedConfig(
          Pack.any(UpstreamTlsContext.parseFrom(socket.getTypedConfig().getValue())));
    }
    return cluster.build();
  }
}
