package io.mooring.xds.server;

import static com.google.protobuf.CodedOutputStream.computeMessageSize;
import static com.google.protobuf.CodedOutputStream.computeStringSize;
import static com.google.protobuf.CodedOutputStream.computeTagSize;
import static com.google.protobuf.CodedOutputStream.computeUInt32SizeNoTag;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.mooring.xds.protocol.DeltaRequest;
import io.mooring.xds.protocol.Outgoing;
import io.mooring.xds.protocol.Rejection;
import io.mooring.xds.protocol.Request;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.io.IOException;
import java.io.InputStream;

/** Delta. */
record DeltaVariant(ControlPlane controlPlane) implements Variant<DeltaWireRequest> {

  @Override
  public DeltaWireRequest malformed() {
    return DeltaWireRequest.MALFORMED;
  }

  @Override
  public DeltaWireRequest parse(InputStream bytes) throws IOException {
    return DeltaWireRequest.parse(bytes);
  }

  @Override
  public boolean isDelta() {
    return true;
  }

  @Override
  public Node node(DeltaWireRequest request) {
    return request.node();
  }

  @Override
  public String typeUrl(DeltaWireRequest request) {
    return request.typeUrl();
  }

  @Override
  public int nameCount(DeltaWireRequest request) {
    return request.subscribe().size()
        + request.unsubscribe().size()
        + request.initialVersions().size();
  }

  @Override
  public Request decode(DeltaWireRequest request, XdsType type) {
    return new DeltaRequest(
        type,
        request.subscribe(),
        request.unsubscribe(),
        request.initialVersions(),
        request.nonce(),
        request.error().map(error -> new Rejection(error.getCode(), error.getMessage())));
  }

  @Override
  public HealthSignal health(DeltaWireRequest request) {
    return HealthSignal.of(
        request.nonce(),
        request.error().isPresent(),
        request.error().orElse(Status.getDefaultInstance()));
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

    @Override
    public String toString() { // resources may be secrets
      return "%s %s: %d bytes".formatted(response.type(), response.nonce(), size);
    }
  }
}
