package io.mooring.controlplane;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.mooring.xds.server.PeerIdentityInterceptor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The gRPC ports of a control plane. Confined to the thread that starts and closes it. */
final class Ports implements AutoCloseable {

  private static final long CLOSE_SECONDS = 3;

  private final List<Server> servers = new ArrayList<>();
  private final @Nullable Executor executor;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          Runtime.getRuntime().availableProcessors(),
          new DefaultThreadFactory("mooring-tls", true),
          NioIoHandler.newFactory());
  private @Nullable Server tls;
  private @Nullable Server plaintext;
  private @Nullable InetSocketAddress admin;

  /** Creates ports without any open; calls run on {@code executor}, or on gRPC's own threads. */
  Ports(@Nullable Executor executor) {
    this.executor = executor;
  }

  /** Opens the TLS port; the peer's identity is in the context of every call. */
  void openTls(
      InetSocketAddress address,
      SslContext context,
      InstantSource clock,
      Consumer<ServerBuilder<?>> services)
      throws IOException {
    tls =
        open(
            "listen",
            address,
            NettyServerBuilder.forAddress(address)
                .channelFactory(() -> gated(clock))
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .sslContext(context)
                .intercept(new PeerIdentityInterceptor(clock)),
            services);
  }

  private static ServerChannel gated(InstantSource clock) {
    NioServerSocketChannel channel = new NioServerSocketChannel();
    channel.pipeline().addLast(ExpiredPeerGate.forAccepted(clock));
    return channel;
  }

  /** Opens the port without TLS. */
  void openPlaintext(InetSocketAddress address, Consumer<ServerBuilder<?>> services)
      throws IOException {
    plaintext = open("plaintext", address, NettyServerBuilder.forAddress(address), services);
  }

  void adminIsAt(InetSocketAddress address) {
    admin = address;
  }

  private Server open(
      String name,
      InetSocketAddress address,
      NettyServerBuilder builder,
      Consumer<ServerBuilder<?>> services)
      throws IOException {
    services.accept(builder);
    if (executor != null) {
      builder.executor(executor);
    }
    Server server = builder.build();
    try {
      server.start();
    } catch (IOException e) {
      // Netty's native transport has exceptions of its own; callers tell a taken address by the
      // JDK's.
      BindException refused =
          new BindException(
              "%s: %s cannot be opened: %s".formatted(name, text(address), reason(e)));
      refused.initCause(e);
      throw refused;
    }
    servers.add(server);
    return server;
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  private static String reason(IOException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  InetSocketAddress listenAddress() {
    return address(tls).orElseThrow();
  }

  Optional<InetSocketAddress> plaintextAddress() {
    return address(plaintext);
  }

  Optional<InetSocketAddress> adminAddress() {
    return Optional.ofNullable(admin);
  }

  private static Optional<InetSocketAddress> address(@Nullable Server server) {
    return Optional.ofNullable(server)
        .map(open -> (InetSocketAddress) open.getListenSockets().get(0));
  }

  /** Refuses new calls at once, then gives those under way a moment to end. */
  @Override
  public void close() {
    servers.forEach(Server::shutdown);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    for (Server server : servers) {
      try {
        if (!server.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          server.shutdownNow();
        }
      } catch (InterruptedException e) {
        server.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
