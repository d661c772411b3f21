package io.mooring.testkit.xds;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.mooring.xds.resource.XdsType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Delta. */
final class DeltaProxyStream implements ProxyStream {

  private final int number;
  private @Nullable Node unsaidNode;
  private @Nullable ClientCallStreamObserver<DeltaDiscoveryRequest> call;

  DeltaProxyStream(
      int number,
      Channel channel,
      Node node,
      Consumer<Received> received,
      Consumer<io.grpc.Status> ended) {
    this.number = number;
    this.unsaidNode = node;
    AggregatedDiscoveryServiceGrpc.newStub(channel)
        .deltaAggregatedResources(
            new StreamEvents<DeltaDiscoveryRequest, DeltaDiscoveryResponse>(
                this::decode, received, ended, started -> call = started));
  }

  @Override
  public void ask(XdsType type, Set<String> names, Map<String, String> versions, String version) {
    send(request(type).addAllResourceNamesSubscribe(names).putAllInitialResourceVersions(versions));
  }

  @Override
  public void change(
      XdsType type, List<String> subscribe, List<String> unsubscribe, Set<String> all) {
    send(
        request(type)
            .addAllResourceNamesSubscribe(subscribe)
            .addAllResourceNamesUnsubscribe(unsubscribe));
  }

  @Override
  public void acknowledge(Received response, Set<String> all) {
    send(request(response.type()).setResponseNonce(response.nonce()));
  }

  @Override
  public void reject(Received response, String message, Set<String> all, String acceptedVersion) {
    send(
        request(response.type())
            .setResponseNonce(response.nonce())
            .setErrorDetail(Status.newBuilder().setCode(13).setMessage(message)));
  }

  @Override
  public void read() {
    requireNonNull(call, "call").request(1);
  }

  @Override
  public void halfClose() {
    requireNonNull(call, "call").onCompleted();
  }

  @Override
  public void cancel() {
    requireNonNull(call, "call").cancel("the test said so", null);
  }

  private static DeltaDiscoveryRequest.Builder request(XdsType type) {
    return DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
  }

  private void send(DeltaDiscoveryRequest.Builder request) {
    if (unsaidNode != null) { // as Envoy does: in the first request alone
      request.setNode(unsaidNode);
      unsaidNode = null;
    }
    requireNonNull(call, "call").onNext(request.build());
  }

  private Received decode(DeltaDiscoveryResponse response) {
    SortedMap<String, Any> resources = new TreeMap<>();
    SortedMap<String, String> versions = new TreeMap<>();
    for (Resource resource : response.getResourcesList()) {
      if (resources.put(resource.getName(), resource.getResource()) != null) {
        throw new IllegalStateException("resource '" + resource.getName() + "' comes twice");
      }
      versions.put(resource.getName(), resource.getVersion());
    }
    return new Received(
        number,
        new XdsType(response.getTypeUrl()),
        response.getSystemVersionInfo(),
        response.getNonce(),
        resources,
        versions,
        response.getRemovedResourcesList(),
        response.getSerializedSize());
  }
}
