package io.mooring.testkit.xds;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.mooring.xds.resource.XdsType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Short words for what a state-of-the-world client says. The node goes with its first request. */
final class RawSotw {

  final RawStream<DiscoveryRequest, DiscoveryResponse> stream;
  private @Nullable Node unsaid;
  private @Nullable DiscoveryResponse last;

  RawSotw(
      Channel channel, MethodDescriptor<DiscoveryRequest, DiscoveryResponse> method, Node node) {
    stream = new RawStream<>(channel, method);
    unsaid = node;
  }

  RawSotw send(XdsType type, UnaryOperator<DiscoveryRequest.Builder> edit) {
    DiscoveryRequest.Builder request = DiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    if (unsaid != null) {
      request.setNode(unsaid);
      unsaid = null;
    }
    stream.send(edit.apply(request).build());
    return this;
  }

  /** Asks for these names and no others, as an answer to nothing. */
  RawSotw ask(XdsType type, String... names) {
    return send(type, request -> request.addAllResourceNames(List.of(names)));
  }

  /** Accepts a response, and asks for these names. */
  RawSotw accept(DiscoveryResponse response, String... names) {
    return send(
        new XdsType(response.getTypeUrl()),
        request ->
            request
                .setVersionInfo(response.getVersionInfo())
                .setResponseNonce(response.getNonce())
                .addAllResourceNames(List.of(names)));
  }

  /** Rejects a response, and asks for these names. */
  RawSotw reject(DiscoveryResponse response, String acceptedVersion, String... names) {
    return send(
        new XdsType(response.getTypeUrl()),
        request ->
            request
                .setVersionInfo(acceptedVersion)
                .setResponseNonce(response.getNonce())
                .setErrorDetail(Status.newBuilder().setCode(3).setMessage("no such filter"))
                .addAllResourceNames(List.of(names)));
  }

  /** Returns what has come since last asked, each as {@code Cluster a b}. */
  List<String> sent() {
    return take().stream().map(RawSotw::text).toList();
  }

  /** Returns what has come since last asked. */
  List<DiscoveryResponse> take() {
    List<DiscoveryResponse> taken = stream.take();
    if (!taken.isEmpty()) {
      last = taken.get(taken.size() - 1);
    }
    return taken;
  }

  /** As {@link #sent}, with each response accepted in order and the names restated. */
  List<String> sentAndAccepted(String... names) {
    List<String> sent = new ArrayList<>();
    for (List<DiscoveryResponse> more = take(); !more.isEmpty(); more = take()) {
      for (DiscoveryResponse response : more) {
        sent.add(text(response));
        accept(response, names);
      }
    }
    return sent;
  }

  /** Returns the last response that was taken. */
  DiscoveryResponse last() {
    if (last == null) {
      throw new IllegalStateException("nothing has come");
    }
    return last;
  }

  static String text(DiscoveryResponse response) {
    StringBuilder text = new StringBuilder(shortName(response.getTypeUrl()));
    response.getResourcesList().stream()
        .map(ResourceNames::of)
        .forEach(name -> text.append(' ').append(name));
    return text.toString();
  }

  static String shortName(String typeUrl) {
    return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
  }
}
