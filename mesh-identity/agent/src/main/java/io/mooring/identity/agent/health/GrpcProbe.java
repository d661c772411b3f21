package io.mooring.identity.agent.health;

import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Succeeds when the gRPC health service says SERVING, in plain text. Immutable.
 *
 * @param target where to
 * @param service the service asked for; empty means the server as a whole
 */
record GrpcProbe(ProbeTarget target, String service) implements Probe {

  @Override
  public void check(Duration timeout) throws IOException {
    InetAddress address = InetAddress.getByName(target.host());
    Optional<SocketAddress> source =
        target.source(address).map(from -> new InetSocketAddress(from, 0));
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("mooring-probe", true), NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(new InetSocketAddress(address, target.port()))
            .eventLoopGroup(loop)
            .channelType(NioSocketChannel.class)
            .localSocketPicker(new From(source))
            .directExecutor()
            .usePlaintext()
            .build();
    try {
      ServingStatus status =
          HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .check(HealthCheckRequest.newBuilder().setService(service).build())
              .getStatus();
      if (status != ServingStatus.SERVING) {
        throw failed(status + " (expected: SERVING)", null);
      }
    } catch (StatusRuntimeException e) {
      Status status = e.getStatus();
      Throwable cause = status.getCause() == null ? e : status.getCause();
      throw failed(status.getCode() + ", " + cause.getMessage(), e);
    } finally {
      channel.shutdownNow();
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private IOException failed(String problem, @Nullable Exception cause) {
    return new IOException(
        "health service of " + target + ", service '" + service + "': " + problem, cause);
  }

  /** Connects from one address. */
  private static final class From extends NettyChannelBuilder.LocalSocketPicker {
    private final Optional<SocketAddress> source;

    From(Optional<SocketAddress> source) {
      this.source = source;
    }

    @Override
    public @Nullable SocketAddress createSocketAddress(
        SocketAddress remote, Attributes attributes) {
      return source.orElse(null);
    }
  }
}
