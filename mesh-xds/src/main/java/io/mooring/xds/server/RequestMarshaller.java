package io.mooring.xds.server;

import io.grpc.MethodDescriptor.Marshaller;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads requests, and writes none. Bytes that are no request become {@link Variant#malformed}, as
 * gRPC would write a page into the log for each of them.
 */
record RequestMarshaller<Q>(Variant<Q> variant) implements Marshaller<Q> {

  @Override
  public InputStream stream(Q request) {
    throw new UnsupportedOperationException("a server does not write requests");
  }

  @Override
  public Q parse(InputStream stream) {
    try {
      return variant.parse(stream);
    } catch (IOException e) { // the stream answers INVALID_ARGUMENT
      return variant.malformed();
    }
  }
}
