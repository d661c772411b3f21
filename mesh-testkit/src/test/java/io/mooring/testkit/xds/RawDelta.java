package io.mooring.testkit.xds;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.mooring.xds.resource.XdsType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Short words for what a delta client says. The node goes with its first request. */
final class RawDelta {

  final RawStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream;
  private @Nullable Node unsaid;
  private @Nullable DeltaDiscoveryResponse last;

  RawDelta(
      Channel channel,
      MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> method,
      Node node) {
    stream = new RawStream<>(channel, method);
    unsaid = node;
  }

  RawDelta send(XdsType type, UnaryOperator<DeltaDiscoveryRequest.Builder> edit) {
    DeltaDiscoveryRequest.Builder request =
        DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    if (unsaid != null) {
      request.setNode(unsaid);
      unsaid = null;
    }
    stream.send(edit.apply(request).build());
    return this;
  }

  RawDelta subscribe(XdsType type, String... names) {
    return send(type, request -> request.addAllResourceNamesSubscribe(List.of(names)));
  }

  RawDelta unsubscribe(XdsType type, String... names) {
    return send(type, request -> request.addAllResourceNamesUnsubscribe(List.of(names)));
  }

  /** Asks for the first time on this stream, with what is left from an earlier one. */
  RawDelta resume(XdsType type, Map<String, String> versions, String... names) {
    return send(
        type,
        request ->
            request
                .putAllInitialResourceVersions(versions)
                .addAllResourceNamesSubscribe(List.of(names)));
  }

  RawDelta accept(DeltaDiscoveryResponse response) {
    return send(
        new XdsType(response.getTypeUrl()),
        request -> request.setResponseNonce(response.getNonce()));
  }

  /** Rejects a response, and asks for these names too. */
  RawDelta reject(DeltaDiscoveryResponse response, String... names) {
    return send(
        new XdsType(response.getTypeUrl()),
        request ->
            request
                .addAllResourceNamesSubscribe(List.of(names))
                .setResponseNonce(response.getNonce())
                .setErrorDetail(Status.newBuilder().setCode(3).setMessage("no such filter")));
  }

  /** Returns what has come since last asked, each as {@code Cluster a b -removed}. */
  List<String> sent() {
    return take().stream().map(RawDelta::text).toList();
  }

  /** Returns what has come since last asked. */
  List<DeltaDiscoveryResponse> take() {
    List<DeltaDiscoveryResponse> taken = stream.take();
    if (!taken.isEmpty()) {
      last = taken.get(taken.size() - 1);
    }
    return taken;
  }

  /** As {@link #sent}, with each response accepted, in order. */
  List<String> sentAndAccepted() {
    List<String> sent = new ArrayList<>();
    for (List<DeltaDiscoveryResponse> more = take(); !more.isEmpty(); more = take()) {
      for (DeltaDiscoveryResponse response : more) {
        sent.add(text(response));
        accept(response);
      }
    }
    return sent;
  }

  /** Returns the last response that was taken. */
  DeltaDiscoveryResponse last() {
    if (last == null) {
      throw new IllegalStateException("nothing has come");
    }
    return last;
  }

  static String text(DeltaDiscoveryResponse response) {
    StringBuilder text = new StringBuilder(RawSotw.shortName(response.getTypeUrl()));
    response.getResourcesList().forEach(resource -> text.append(' ').append(resource.getName()));
    response.getRemovedResourcesList().forEach(name -> text.append(" -").append(name));
    return text.toString();
  }
}
