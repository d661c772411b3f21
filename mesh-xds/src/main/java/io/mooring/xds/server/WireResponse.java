package io.mooring.xds.server;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A response that is written straight into the transport's buffer: its resources were encoded when
 * they were made, and are copied once a stream, without a message in between.
 */
interface WireResponse {

  /** Writes and reads nothing else: the server never reads its own responses. */
  Marshaller<WireResponse> MARSHALLER =
      new Marshaller<>() {
        @Override
        public InputStream stream(WireResponse response) {
          return new WireStream(response);
        }

        @Override
        public WireResponse parse(InputStream stream) {
          throw new UnsupportedOperationException("a server does not read responses");
        }
      };

  /** Returns how many bytes {@link #writeTo} writes. */
  int size();

  void writeTo(CodedOutputStream out) throws IOException;

  /** What gRPC asks for: drained by a real transport, read by the in-process one. */
  final class WireStream extends InputStream implements Drainable, KnownLength {

    private final WireResponse response;
    private @Nullable ByteArrayInputStream bytes;
    private boolean drained;

    private WireStream(WireResponse response) {
      this.response = response;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      CodedOutputStream out =
          CodedOutputStream.newInstance(target, Math.min(response.size(), 4096));
      response.writeTo(out);
      out.flush();
      drained = true;
      return response.size();
    }

    @Override
    public int available() {
      if (drained) {
        return 0;
      }
      return bytes == null ? response.size() : bytes.available(); // gRPC asks, then drains
    }

    @Override
    public int read() {
      return drained ? -1 : bytes().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return drained ? -1 : bytes().read(target, offset, length);
    }

    private ByteArrayInputStream bytes() {
      if (bytes == null) {
        ByteArrayOutputStream target = new ByteArrayOutputStream(response.size());
        try {
          CodedOutputStream out = CodedOutputStream.newInstance(target);
          response.writeTo(out);
          out.flush();
        } catch (IOException e) {
          throw new UncheckedIOException("memory does not fail", e);
        }
        bytes = new ByteArrayInputStream(target.toByteArray());
      }
      return bytes;
    }
  }
}
