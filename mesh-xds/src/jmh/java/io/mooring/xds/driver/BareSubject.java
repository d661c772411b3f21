package io.mooring.xds.driver;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ServerBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What grpc-java alone costs: the same messages to all streams, and their answers thrown away. */
final class BareSubject implements Subject {

  private static final int BATCH = 64;

  private final ExecutorService workers =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  private final Map<StreamObserver<DeltaDiscoveryResponse>, Boolean> streams =
      new ConcurrentHashMap<>();
  private final DeltaDiscoveryResponse everything;

  BareSubject(int clusters) {
    this.everything = response(Subject.clusters(clusters, 0), "1");
  }

  private static DeltaDiscoveryResponse response(List<Cluster> clusters, String nonce) {
    DeltaDiscoveryResponse.Builder response =
        DeltaDiscoveryResponse.newBuilder()
            .setTypeUrl("type.googleapis.com/envoy.config.cluster.v3.Cluster")
            .setSystemVersionInfo("0123456789abcdef")
            .setNonce(nonce);
    response.getControlPlaneBuilder().setIdentifier("mooring");
    for (Cluster cluster : clusters) {
      response.addResources(
          Resource.newBuilder()
              .setName(cluster.getName())
              .setVersion("0123456789abcdef")
              .setResource(Any.pack(cluster)));
    }
    return response.build();
  }

  @Override
  public void bindTo(ServerBuilder<?> server) {
    server.addService(
        new AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase() {
          @Override
          public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
              StreamObserver<DeltaDiscoveryResponse> responses) {
            return new Requests(responses);
          }
        });
  }

  @Override
  public void change(int revision) {
    DeltaDiscoveryResponse changed = response(List.of(Subject.cluster(0, revision)), "2");
    List<StreamObserver<DeltaDiscoveryResponse>> all = new ArrayList<>(streams.keySet());
    for (int from = 0; from < all.size(); from += BATCH) {
      List<StreamObserver<DeltaDiscoveryResponse>> batch =
          all.subList(from, Math.min(from + BATCH, all.size()));
      workers.execute(() -> batch.forEach(stream -> stream.onNext(changed)));
    }
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }

  /** Sends everything after the first request, and reads on. */
  private final class Requests implements StreamObserver<DeltaDiscoveryRequest> {

    private final StreamObserver<DeltaDiscoveryResponse> responses;

    Requests(StreamObserver<DeltaDiscoveryResponse> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(DeltaDiscoveryRequest request) {
      if (streams.putIfAbsent(responses, true) == null) {
        responses.onNext(everything);
      }
    }

    @Override
    public void onError(Throwable cancelled) {
      streams.remove(responses);
    }

    @Override
    public void onCompleted() {
      streams.remove(responses);
      responses.onCompleted();
    }
  }
}
