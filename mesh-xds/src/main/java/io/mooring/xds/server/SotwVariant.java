package io.mooring.xds.server;

import static com.google.protobuf.CodedOutputStream.computeMessageSize;
import static com.google.protobuf.CodedOutputStream.computeStringSize;

import com.google.protobuf.CodedOutputStream;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.mooring.xds.protocol.Outgoing;
import io.mooring.xds.protocol.Rejection;
import io.mooring.xds.protocol.Request;
import io.mooring.xds.protocol.SotwRequest;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.io.IOException;
import java.util.Optional;

/** State of the world. */
record SotwVariant(ControlPlane controlPlane) implements Variant<DiscoveryRequest> {

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
  public WireResponse encode(Outgoing response) {
    return new Wire(controlPlane, response, size(response));
  }

  private int size(Outgoing response) {
    int size =
        computeStringSize(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, response.version())
            + computeStringSize(DiscoveryResponse.TYPE_URL_FIELD_NUMBER, response.type().typeUrl())
            + computeStringSize(DiscoveryResponse.NONCE_FIELD_NUMBER, response.nonce())
            + computeMessageSize(DiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, controlPlane);
    for (VersionedResource resource : response.resources()) {
      size += computeMessageSize(DiscoveryResponse.RESOURCES_FIELD_NUMBER, resource.body());
    }
    return size;
  }

  private record Wire(ControlPlane controlPlane, Outgoing response, int size)
      implements WireResponse {

    @Override
    public void writeTo(CodedOutputStream out) throws IOException {
      out.writeString(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, response.version());
      for (VersionedResource resource : response.resources()) {
        out.writeMessage(DiscoveryResponse.RESOURCES_FIELD_NUMBER, resource.body());
      }
      out.writeString(DiscoveryResponse.TYPE_URL_FIELD_NUMBER, response.type().typeUrl());
      out.writeString(DiscoveryResponse.NONCE_FIELD_NUMBER, response.nonce());
      out.writeMessage(DiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, controlPlane);
    }
  }
}
