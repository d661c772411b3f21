package io.mooring.xds.driver;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The delta method as clients of a load driver use it: requests are bytes that were made before the
 * clock ran, and of a response no more is read than its client must know. What a real client does
 * with a response is done by a real machine of its own; here it would take the processors from the
 * server that is measured.
 */
final class WireClient {

  static final MethodDescriptor<ByteString, Heard> METHOD =
      AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod().toBuilder(
              new Requests(), new Responses())
          .build();

  private WireClient() {}

  /**
   * What a client takes from a response. Immutable.
   *
   * @param bytes of the message
   * @param versions version of each resource, by name
   * @param removed how many names were said not to exist
   */
  record Heard(ByteString nonce, int bytes, Map<ByteString, ByteString> versions, int removed) {}

  private static int tag(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /** Returns the bytes of {@code initial_resource_versions}. */
  static ByteString initialVersions(Map<ByteString, ByteString> versions) {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (Map.Entry<ByteString, ByteString> version : versions.entrySet()) {
        out.writeTag(
            DeltaDiscoveryRequest.INITIAL_RESOURCE_VERSIONS_FIELD_NUMBER,
            WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(
            CodedOutputStream.computeBytesSize(1, version.getKey())
                + CodedOutputStream.computeBytesSize(2, version.getValue()));
        out.writeBytes(1, version.getKey());
        out.writeBytes(2, version.getValue());
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteString();
  }

  private static final class Responses implements MethodDescriptor.Marshaller<Heard> {

    private static final int RESOURCE = tag(DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER);
    private static final int NONCE = tag(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER);
    private static final int REMOVED = tag(DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER);

    @Override
    public InputStream stream(Heard response) {
      throw new UnsupportedOperationException("a client does not write responses");
    }

    @Override
    public Heard parse(InputStream stream) {
      try {
        byte[] bytes = stream.readAllBytes();
        return heard(CodedInputStream.newInstance(bytes), bytes.length);
      } catch (IOException e) {
        throw new UncheckedIOException("response: no message", e);
      }
    }

    private static Heard heard(CodedInputStream in, int bytes) throws IOException {
      ByteString nonce = ByteString.EMPTY;
      Map<ByteString, ByteString> versions = new HashMap<>();
      int removed = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == RESOURCE) {
          int outer = in.pushLimit(in.readRawVarint32());
          resource(in, versions);
          in.popLimit(outer);
        } else if (tag == NONCE) {
          nonce = in.readBytes();
        } else {
          removed += tag == REMOVED ? 1 : 0;
          in.skipField(tag);
        }
      }
      return new Heard(nonce, bytes, versions, removed);
    }

    private static void resource(CodedInputStream in, Map<ByteString, ByteString> versions)
        throws IOException {
      ByteString name = ByteString.EMPTY;
      ByteString version = ByteString.EMPTY;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == tag(Resource.NAME_FIELD_NUMBER)) {
          name = in.readBytes();
        } else if (tag == tag(Resource.VERSION_FIELD_NUMBER)) {
          version = in.readBytes();
        } else {
          in.skipField(tag);
        }
      }
      versions.put(name, version);
    }
  }

  private static final class Requests implements MethodDescriptor.Marshaller<ByteString> {

    @Override
    public InputStream stream(ByteString request) {
      return new Bytes(request);
    }

    @Override
    public ByteString parse(InputStream stream) {
      throw new UnsupportedOperationException("a client does not read requests");
    }
  }

  /** What gRPC copies into its frames without an array in between. */
  private static final class Bytes extends InputStream implements Drainable, KnownLength {

    private ByteString left;

    Bytes(ByteString request) {
      this.left = request;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int size = left.size();
      left.writeTo(target);
      left = ByteString.EMPTY;
      return size;
    }

    @Override
    public int available() {
      return left.size();
    }

    @Override
    public int read() {
      if (left.isEmpty()) {
        return -1;
      }
      int first = left.byteAt(0) & 0xff;
      left = left.substring(1);
      return first;
    }
  }
}
