package io.mooring.testkit.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between a client and its control plane that passes the very bytes on, takes note of each
 * message, and cuts streams when it is told to. It knows nothing of the control plane's code.
 */
final class WireTap implements AutoCloseable {

  /**
   * One message.
   *
   * @param response whether it came from the control plane
   * @param type short, e.g. {@code Cluster}
   * @param names of the resources in a response, or that a request names
   */
  record Message(
      boolean response, String type, List<String> names, List<String> removed, int bytes) {

    @Override
    public String toString() {
      return (response ? "<" : ">") + type + names + (removed.isEmpty() ? "" : "-" + removed);
    }
  }

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final List<Runnable> open = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Predicate<Message>> cut = new AtomicReference<>();
  private final ManagedChannel behind;
  private final Server server;

  WireTap(int port) {
    behind =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .usePlaintext()
            .build();
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .fallbackHandlerRegistry(new AnyMethod())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getPort();
  }

  /** Returns everything that has passed, in order. */
  List<Message> messages() {
    return List.copyOf(messages);
  }

  /** Returns the responses that have passed since so many messages. */
  List<Message> responsesSince(int count) {
    List<Message> all = messages();
    return all.subList(count, all.size()).stream().filter(Message::response).toList();
  }

  /** Cuts every stream, the client's connection stays. */
  void cutNow() {
    open.forEach(Runnable::run);
  }

  /** Cuts the stream once, right after a message that fits has passed. */
  void cutAfter(Predicate<Message> fits) {
    cut.set(fits);
  }

  private void passed(Message message) {
    messages.add(message);
    @Nullable Predicate<Message> fits = cut.get();
    if (fits != null && fits.test(message) && cut.compareAndSet(fits, null)) {
      cutNow();
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    behind.shutdownNow();
  }

  private static Message request(boolean delta, byte[] bytes) {
    try {
      if (delta) {
        DeltaDiscoveryRequest request = DeltaDiscoveryRequest.parseFrom(bytes);
        return new Message(
            false,
            RawSotw.shortName(request.getTypeUrl()),
            List.copyOf(request.getResourceNamesSubscribeList()),
            List.copyOf(request.getResourceNamesUnsubscribeList()),
            bytes.length);
      }
      DiscoveryRequest request = DiscoveryRequest.parseFrom(bytes);
      return new Message(
          false,
          RawSotw.shortName(request.getTypeUrl()),
          List.copyOf(request.getResourceNamesList()),
          List.of(),
          bytes.length);
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Message response(boolean delta, byte[] bytes) {
    try {
      if (delta) {
        DeltaDiscoveryResponse response = DeltaDiscoveryResponse.parseFrom(bytes);
        return new Message(
            true,
            RawSotw.shortName(response.getTypeUrl()),
            response.getResourcesList().stream().map(Resource::getName).toList(),
            List.copyOf(response.getRemovedResourcesList()),
            bytes.length);
      }
      DiscoveryResponse response = DiscoveryResponse.parseFrom(bytes);
      return new Message(
          true,
          RawSotw.shortName(response.getTypeUrl()),
          response.getResourcesList().stream().map(ResourceNames::of).toList(),
          List.of(),
          bytes.length);
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes every call, whatever its method. */
  private final class AnyMethod extends HandlerRegistry {
    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
      MethodDescriptor<byte[], byte[]> method =
          MethodDescriptor.newBuilder(BYTES, BYTES)
              .setFullMethodName(name)
              .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
              .build();
      return ServerMethodDefinition.create(method, new PassOn(method));
    }
  }

  private final class PassOn implements ServerCallHandler<byte[], byte[]> {
    private final MethodDescriptor<byte[], byte[]> method;
    private final boolean delta;

    PassOn(MethodDescriptor<byte[], byte[]> method) {
      this.method = method;
      this.delta = method.getFullMethodName().contains("/Delta");
    }

    @Override
    public ServerCall.Listener<byte[]> startCall(
        ServerCall<byte[], byte[]> front, Metadata headers) {
      ClientCall<byte[], byte[]> back = behind.newCall(method, CallOptions.DEFAULT);
      Stream stream = new Stream(front, back);
      open.add(stream);
      back.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(byte[] bytes) {
              stream.send(bytes);
              passed(response(delta, bytes));
              back.request(1);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              stream.end(status);
            }
          },
          new Metadata());
      front.sendHeaders(new Metadata());
      back.request(1);
      front.request(1);
      return new ServerCall.Listener<>() {
        @Override
        public void onMessage(byte[] bytes) {
          passed(request(delta, bytes));
          back.sendMessage(bytes);
          front.request(1);
        }

        @Override
        public void onHalfClose() {
          back.halfClose();
        }

        @Override
        public void onCancel() {
          open.remove(stream);
          back.cancel("the client is gone", null);
        }
      };
    }
  }

  /** Both halves of one stream; running it cuts it. */
  private final class Stream implements Runnable {
    private final ServerCall<byte[], byte[]> front;
    private final ClientCall<byte[], byte[]> back;
    private boolean ended;

    Stream(ServerCall<byte[], byte[]> front, ClientCall<byte[], byte[]> back) {
      this.front = front;
      this.back = back;
    }

    synchronized void send(byte[] bytes) {
      if (!ended) {
        front.sendMessage(bytes);
      }
    }

    synchronized void end(Status status) {
      if (!ended) {
        ended = true;
        open.remove(this);
        front.close(status, new Metadata());
      }
    }

    @Override
    public void run() {
      end(Status.UNAVAILABLE.withDescription("cut"));
      back.cancel("cut", null);
    }
  }
}
