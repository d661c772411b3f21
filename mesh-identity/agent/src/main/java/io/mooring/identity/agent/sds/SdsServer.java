package io.mooring.identity.agent.sds;

import static java.util.Objects.requireNonNull;

import io.grpc.Server;
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
import java.util.concurrent.TimeUnit;

/**
 * Serves a workload's secrets to its Envoy on a Unix socket: delta and state of the world.
 * Thread-safe: one thread of its own does everything, calls only hand over to it.
 *
 * <p>Who may connect is decided by the file system: the socket has mode 0600 and lies in a
 * directory of 0700. It is plain NIO, which needs no native library.
 */
public final class SdsServer implements AutoCloseable {

  private static final int STOP_SECONDS = 2;

  private final EventLoopGroup thread;
  private final SecretService service;
  private final Server server;
  private final Path socket;

  private SdsServer(EventLoopGroup thread, SecretService service, Server server, Path socket) {
    this.thread = thread;
    this.service = service;
    this.server = server;
    this.socket = socket;
  }

  /**
   * Starts a server that serves {@code secrets} from its first moment on.
   *
   * @param socket in a directory that only this user may enter; must not exist
   * @throws IOException if the socket cannot be bound
   */
  public static SdsServer start(Path socket, SecretSet secrets, SecretRejections rejections)
      throws IOException {
    EventLoopGroup thread =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("mooring-sds", true), NioIoHandler.newFactory());
    SecretService service = new SecretService(secrets, rejections);
    Server server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelFactory(NioServerDomainSocketChannel::new)
            .bossEventLoopGroup(thread)
            .workerEventLoopGroup(thread)
            .executor(thread)
            // gRPC sets it for every server; a Unix socket has none, and Netty would warn each
            // time.
            .withChildOption(ChannelOption.SO_KEEPALIVE, null)
            .addService(service)
            .build();
    try {
      server.start();
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | RuntimeException e) {
      server.shutdownNow();
      thread.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
      throw e;
    }
    return new SdsServer(thread, service, server, socket);
  }

  /** Returns where Envoy finds it. */
  public Path socket() {
    return socket;
  }

  /** Serves {@code secrets} from now on; every open stream gets what changed for it. */
  public void serve(SecretSet secrets) {
    requireNonNull(secrets, "secrets");
    thread.execute(() -> service.serve(secrets));
  }

  /** Ends all streams and removes the socket. Idempotent; waits for up to two seconds. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
  }
}
