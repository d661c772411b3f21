package io.mooring.identity.agent.socket;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A gRPC server on a Unix socket, with one thread of its own that does everything: services may
 * confine their state to it, {@link #thread} hands over to it. Plain NIO, which needs no native
 * library. Thread-safe.
 */
public final class UnixSocketServer implements AutoCloseable {

  private static final int STOP_SECONDS = 2;
  private static final int LAST_WORDS_MILLIS = 200; // for streams that were ended with a status
  private static final String OWNER_ONLY = "rw-------";

  private final EventLoopGroup thread;
  private final Server server;

  private UnixSocketServer(EventLoopGroup thread, Server server) {
    this.thread = thread;
    this.server = server;
  }

  /**
   * Starts a server; its socket has mode 0600.
   *
   * @param role the beginning of its thread's name
   * @param services what it serves; given the thread that runs every call
   * @param socket in a directory that only this user may enter; must not exist
   * @throws IOException if the socket cannot be bound
   */
  public static UnixSocketServer start(
      String role, Path socket, Function<Executor, List<ServerServiceDefinition>> services)
      throws IOException {
    EventLoopGroup thread =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory(role, true), NioIoHandler.newFactory());
    Server server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelFactory(NioServerDomainSocketChannel::new)
            .bossEventLoopGroup(thread)
            .workerEventLoopGroup(thread)
            .executor(thread)
            // gRPC sets it for every server; a Unix socket has none, and Netty would warn each
            // time.
            .withChildOption(ChannelOption.SO_KEEPALIVE, null)
            .addServices(services.apply(thread))
            .build();
    try {
      server.start();
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(OWNER_ONLY));
    } catch (IOException | RuntimeException e) {
      server.shutdownNow();
      thread.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
      throw e;
    }
    return new UnixSocketServer(thread, server);
  }

  /** Returns the thread that runs every call. */
  public Executor thread() {
    return thread;
  }

  /** Ends all streams and removes the socket. Idempotent; takes up to two and a half seconds. */
  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS)) {
        server.shutdownNow().awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    thread.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
  }
}
