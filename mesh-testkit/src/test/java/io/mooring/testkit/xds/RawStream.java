package io.mooring.testkit.xds;

import static java.util.Objects.requireNonNull;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One stream that carries the very messages that a test gives it, and reads all that comes. With
 * {@link RawXds} all happens on the test's thread: what was not received when a call returns is not
 * sent at all.
 */
final class RawStream<Q, P> {

  private final Queue<P> received = new ConcurrentLinkedQueue<>();
  private final ClientCall<Q, P> call;
  private volatile @Nullable Status end;

  RawStream(Channel channel, MethodDescriptor<Q, P> method) {
    call = channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<P>() {
          @Override
          public void onMessage(P message) {
            received.add(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end = status;
          }
        },
        new Metadata());
    call.request(Integer.MAX_VALUE);
  }

  void send(Q request) {
    call.sendMessage(request);
  }

  void halfClose() {
    call.halfClose();
  }

  void cancel() {
    call.cancel("the test said so", null);
  }

  /** Returns what has come since it was asked last. */
  List<P> take() {
    List<P> taken = new ArrayList<>();
    for (P next = received.poll(); next != null; next = received.poll()) {
      taken.add(next);
    }
    return taken;
  }

  boolean isOpen() {
    return end == null;
  }

  /** Returns how the stream ended. */
  Status end() {
    return requireNonNull(end, "the stream is open");
  }
}
