package io.mooring.xds.server;

import static com.google.protobuf.CodedOutputStream.computeMessageSize;
import static com.google.protobuf.CodedOutputStream.computeStringSize;
import static com.google.protobuf.CodedOutputStream.computeTagSize;
import static com.google.protobuf.CodedOutputStream.computeUInt32SizeNoTag;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.mooring.xds.protocol.DeltaRequest;
import io.mooring.xds.protocol.Outgoing;
import io.mooring.xds.protocol.Rejection;
import io.mooring.xds.protocol.Request;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.io.IOException;
import java.util.Optional;

/** Delta. */
record DeltaVariant(ControlPlane controlPlane) implements Variant<DeltaDiscoveryRequest> {

  private static final DeltaDiscoveryRequest MALFORMED = DeltaDiscoveryRequest.newBuilder().build();

  @Override
  public DeltaDiscoveryRequest malformed() {
    return MALFORMED;
  }

  @Override
  public boolean isDelta() {
    return true;
  }

  @Override
  public Node node(DeltaDiscoveryRequest request) {
    return request.getNode();
  }

  @Override
  public String typeUrl(DeltaDiscoveryRequest request) {
    return request.getTypeUrl();
  }

  @Override
  public int nameCount(DeltaDiscoveryRequest request) {
    return request.getResourceNamesSubscribeCount()
        + request.getResourceNamesUnsubscribeCount()
        + request.getInitialResourceVersionsCount();
  }

  @Override
  public Request decode(DeltaDiscoveryRequest request, XdsType type) {
    return new DeltaRequest(
        type,
        request.getResourceNamesSubscribeList(),
        request.getResourceNamesUnsubscribeList(),
        request.getInitialResourceVersionsMap(),
        request.getResponseNonce(),
        request.hasErrorDetail()
            ? Optional.of(
                new Rejection(
                    request.getErrorDetail().getCode(), request.getErrorDetail().getMessage()))
            : Optional.empty());
  }

  @Override
  public HealthSignal health(DeltaDiscoveryRequest request) {
    return HealthSignal.of(
        request.getResponseNonce(), request.hasErrorDetail(), request.getErrorDetail());
  }

  @Override
  public WireResponse encode(Outgoing response) {
    int size =
        computeStringSize(
                DeltaDiscoveryResponse.SYSTEM_VERSION_INFO_FIELD_NUMBER, response.version())
            + computeStringSize(
                DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, response.type().typeUrl())
            + computeStringSize(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, response.nonce())
            + computeMessageSize(DeltaDiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, controlPlane);
    for (VersionedResource resource : response.resources()) {
      int length = WireResource.length(resource);
      size +=
          computeTagSize(DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER)
              + computeUInt32SizeNoTag(length)
              + length;
    }
    for (String name : response.removed()) {
      size += computeStringSize(DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
    }
    size += WireErrors.size(DeltaDiscoveryResponse.RESOURCE_ERRORS_FIELD_NUMBER, response);
    return new Wire(controlPlane, response, size);
  }

  private record Wire(ControlPlane controlPlane, Outgoing response, int size)
      implements WireResponse {

    @Override
    public void writeTo(CodedOutputStream out) throws IOException {
      out.writeString(DeltaDiscoveryResponse.SYSTEM_VERSION_INFO_FIELD_NUMBER, response.version());
      for (VersionedResource resource : response.resources()) {
        out.writeTag(
            DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(WireResource.length(resource));
        WireResource.write(resource, out);
      }
      out.writeString(DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, response.type().typeUrl());
      out.writeString(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, response.nonce());
      for (String name : response.removed()) {
        out.writeString(DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
      }
      out.writeMessage(DeltaDiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, controlPlane);
      WireErrors.write(DeltaDiscoveryResponse.RESOURCE_ERRORS_FIELD_NUMBER, response, out);
    }
  }
}
