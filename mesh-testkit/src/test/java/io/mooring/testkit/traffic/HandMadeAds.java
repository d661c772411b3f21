package io.mooring.testkit.traffic;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An ADS server that answers each subscription from what a test gave it, and remembers what it was
 * sent. Thread-safe.
 */
final class HandMadeAds extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase
    implements AutoCloseable {

  final List<DeltaDiscoveryRequest> requests = new CopyOnWriteArrayList<>();
  private final List<StreamObserver<DeltaDiscoveryResponse>> streams = new CopyOnWriteArrayList<>();
  private final Server server;
  private ResourceSet resources = ResourceSet.empty();
  private int nonce;

  HandMadeAds() throws IOException {
    this.server =
        NettyServerBuilder.forAddress(Localhost.port(0))
            .directExecutor()
            .addService(this)
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  synchronized void serve(HandMade config) {
    resources = config.resources();
  }

  /** Sends all resources of a type, and removes {@code removed}. */
  synchronized void push(XdsType type, String... removed) {
    for (StreamObserver<DeltaDiscoveryResponse> stream : streams) {
      stream.onNext(response(type, List.copyOf(resources.resources(type).keySet()), removed));
    }
  }

  /** Ends every stream. */
  synchronized void breakStreams() {
    streams.forEach(stream -> stream.onError(Status.UNAVAILABLE.asRuntimeException()));
    streams.clear();
  }

  List<DeltaDiscoveryRequest> of(XdsType type) {
    return requests.stream().filter(r -> r.getTypeUrl().equals(type.typeUrl())).toList();
  }

  @Override
  public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
      StreamObserver<DeltaDiscoveryResponse> responses) {
    streams.add(responses);
    return new StreamObserver<>() {
      @Override
      public void onNext(DeltaDiscoveryRequest request) {
        answer(request, responses);
      }

      @Override
      public void onError(Throwable cancelled) {
        streams.remove(responses);
      }

      @Override
      public void onCompleted() {
        streams.remove(responses);
      }
    };
  }

  private synchronized void answer(
      DeltaDiscoveryRequest request, StreamObserver<DeltaDiscoveryResponse> responses) {
    requests.add(request);
    XdsType type = new XdsType(request.getTypeUrl());
    if (!request.getResponseNonce().isEmpty()) {
      return;
    }
    boolean wildcard = type.equals(XdsType.CLUSTER) || type.equals(XdsType.LISTENER);
    List<String> names =
        wildcard
            ? new ArrayList<>(resources.resources(type).keySet())
            : new ArrayList<>(request.getResourceNamesSubscribeList());
    names.removeIf(
        name ->
            resources
                .get(type, name)
                .map(VersionedResource::version)
                .filter(request.getInitialResourceVersionsMap().getOrDefault(name, "")::equals)
                .isPresent());
    if (wildcard || !names.isEmpty()) {
      responses.onNext(response(type, names));
    }
  }

  private DeltaDiscoveryResponse response(XdsType type, List<String> names, String... removed) {
    DeltaDiscoveryResponse.Builder response =
        DeltaDiscoveryResponse.newBuilder()
            .setTypeUrl(type.typeUrl())
            .setNonce("n" + nonce++)
            .addAllRemovedResources(List.of(removed));
    for (String name : names) {
      resources
          .get(type, name)
          .ifPresent(
              resource ->
                  response.addResources(
                      Resource.newBuilder()
                          .setName(name)
                          .setVersion(resource.version())
                          .setResource(resource.body())));
    }
    return response.build();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
