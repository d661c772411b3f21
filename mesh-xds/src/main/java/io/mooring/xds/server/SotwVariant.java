package io.mooring.xds.server;

import static com.google.protobuf.CodedOutputStream.computeMessageSize;
import static com.google.protobuf.CodedOutputStream.computeStringSize;

import com.google.protobuf.Any;
import com.google.protobuf.CodedOutputStream;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.mooring.xds.protocol.Outgoing;
import io.mooring.xds.protocol.Rejection;
import io.mooring.xds.protocol.Request;
import io.mooring.xds.protocol.SotwRequest;
import io.mooring.xds.resource.XdsType;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** State of the world. */
record SotwVariant(ControlPlane controlPlane) implements Variant<DiscoveryRequest> {

  private static final DiscoveryRequest MALFORMED = DiscoveryRequest.newBuilder().build();

  @Override
  public DiscoveryRequest malformed() {
    return MALFORMED;
  }

  @Override
  public DiscoveryRequest parse(InputStream bytes) throws IOException {
    return DiscoveryRequest.parseFrom(bytes.readAllBytes());
  }

  @Override
  public boolean isDelta() {
    return false;
  }

  @Override
  public Node node(DiscoveryRequest request) {
    return request.getNode();
  }

  @Override
  public String typeUrl(DiscoveryRequest request) {
    return request.getTypeUrl();
  }

  @Override
  public int nameCount(DiscoveryRequest request) {
    return request.getResourceNamesCount();
  }

  @Override
  public Request decode(DiscoveryRequest request, XdsType type) {
    return new SotwRequest(
        type,
        request.getResourceNamesList(),
        request.getVersionInfo(),
        request.getResponseNonce(),
        request.hasErrorDetail()
            ? Optional.of(
                new Rejection(
                    request.getErrorDetail().getCode(), request.getErrorDetail().getMessage()))
            : Optional.empty());
  }

  @Override
  public HealthSignal health(DiscoveryRequest request) {
    return HealthSignal.of(
        request.getVersionInfo(), request.hasErrorDetail(), request.getErrorDetail());
  }

  @Override
  public WireResponse encode(Outgoing response) {
    List<Any> resources =
        response.resources().stream().map(WireResource::inStateOfTheWorld).toList();
    return new Wire(controlPlane, response, resources, size(response, resources));
  }

  private int size(Outgoing response, List<Any> resources) {
    int size =
        computeStringSize(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, response.version())
            + computeStringSize(DiscoveryResponse.TYPE_URL_FIELD_NUMBER, response.type().typeUrl())
            + computeStringSize(DiscoveryResponse.NONCE_FIELD_NUMBER, response.nonce())
            + computeMessageSize(DiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, controlPlane);
    for (Any resource : resources) {
      size += computeMessageSize(DiscoveryResponse.RESOURCES_FIELD_NUMBER, resource);
    }
    return size + WireErrors.size(DiscoveryResponse.RESOURCE_ERRORS_FIELD_NUMBER, response);
  }

  private record Wire(ControlPlane controlPlane, Outgoing response, List<Any> resources, int size)
      implements WireResponse {

    @Override
    public void writeTo(CodedOutputStream out) throws IOException {
      out.writeString(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, response.version());
      for (Any resource : resources) {
        out.writeMessage(DiscoveryResponse.RESOURCES_FIELD_NUMBER, resource);
      }
      out.writeString(DiscoveryResponse.TYPE_URL_FIELD_NUMBER, response.type().typeUrl());
      out.writeString(DiscoveryResponse.NONCE_FIELD_NUMBER, response.nonce());
      out.writeMessage(DiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, controlPlane);
      WireErrors.write(DiscoveryResponse.RESOURCE_ERRORS_FIELD_NUMBER, response, out);
    }

    @Override
    public String toString() { // resources may be secrets
      return "%s %s: %d bytes".formatted(response.type(), response.nonce(), size);
    }
  }
}
