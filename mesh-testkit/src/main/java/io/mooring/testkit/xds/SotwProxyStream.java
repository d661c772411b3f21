package io.mooring.testkit.xds;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.mooring.xds.resource.XdsType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** State of the world. */
final class SotwProxyStream implements ProxyStream {

  private record Last(String version, String nonce) {}

  private final int number;
  private final Map<XdsType, Last> lastByType = new HashMap<>();
  private @Nullable Node unsaidNode;
  private @Nullable ClientCallStreamObserver<DiscoveryRequest> call;

  SotwProxyStream(
      int number,
      Channel channel,
      Node node,
      Consumer<Received> received,
      Consumer<io.grpc.Status> ended) {
    this.number = number;
    this.unsaidNode = node;
    AggregatedDiscoveryServiceGrpc.newStub(channel)
        .streamAggregatedResources(
            new StreamEvents<DiscoveryRequest, DiscoveryResponse>(
                this::decode, received, ended, started -> call = started));
  }

  @Override
  public void ask(XdsType type, Set<String> names, Map<String, String> versions, String version) {
    lastByType.put(type, new Last(version, ""));
    send(type, names);
  }

  @Override
  public void change(
      XdsType type, List<String> subscribe, List<String> unsubscribe, Set<String> all) {
    send(type, all);
  }

  @Override
  public void acknowledge(Received response, Set<String> all) {
    lastByType.put(response.type(), new Last(response.version(), response.nonce()));
    send(response.type(), all);
  }

  @Override
  public void reject(Received response, String message, Set<String> all, String acceptedVersion) {
    lastByType.put(response.type(), new Last(acceptedVersion, response.nonce()));
    send(
        request(response.type(), all)
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

  private void send(XdsType type, Set<String> names) {
    send(request(type, names));
  }

  private DiscoveryRequest.Builder request(XdsType type, Set<String> names) {
    Last last = lastByType.getOrDefault(type, new Last("", ""));
    return DiscoveryRequest.newBuilder()
        .setTypeUrl(type.typeUrl())
        .addAllResourceNames(names)
        .setVersionInfo(last.version())
        .setResponseNonce(last.nonce());
  }

  private void send(DiscoveryRequest.Builder request) {
    if (unsaidNode != null) { // as Envoy does: in the first request alone
      request.setNode(unsaidNode);
      unsaidNode = null;
    }
    requireNonNull(call, "call").onNext(request.build());
  }

  private Received decode(DiscoveryResponse response) {
    SortedMap<String, Any> resources = new TreeMap<>();
    for (Any resource : response.getResourcesList()) {
      String name = ResourceNames.of(resource);
      if (resources.put(name, resource) != null) {
        throw new IllegalStateException("resource '" + name + "' comes twice");
      }
    }
    return new Received(
        number,
        new XdsType(response.getTypeUrl()),
        response.getVersionInfo(),
        response.getNonce(),
        resources,
        new TreeMap<>(),
        List.of(),
        response.getSerializedSize());
  }
}
