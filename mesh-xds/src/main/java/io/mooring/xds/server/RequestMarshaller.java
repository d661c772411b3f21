package io.mooring.xds.server;

import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * Reads requests. Bytes that are none become {@code malformed}, as gRPC would write a page into the
 * log for each of them.
 */
record RequestMarshaller<Q>(Marshaller<Q> generated, Q malformed) implements Marshaller<Q> {

  @Override
  public InputStream stream(Q request) {
    return generated.stream(request);
  }

  @Override
  public Q parse(InputStream stream) {
    try {
      return generated.parse(stream);
    } catch (StatusRuntimeException e) { // the stream answers INVALID_ARGUMENT
      return malformed;
    }
  }
}
