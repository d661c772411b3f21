package io.mooring.identity.agent.svid;

import static java.util.Objects.requireNonNull;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.bootstrap.ControlPlane;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * The way to the control plane: TLS to the one identity that it must have, whatever its address.
 * Thread-safe.
 */
public final class ControlPlaneLink {

  private static final int KEEPALIVE_SECONDS = 30; // what servers permit; a dead peer is noticed
  private static final int KEEPALIVE_TIMEOUT_SECONDS = 10;

  private final ControlPlane controlPlane;
  private final Supplier<TrustBundle> bundleRoots;
  private final InstantSource clock;

  /**
   * Creates a link.
   *
   * @param controlPlane where to connect, and who must answer
   * @param bundleRoots the roots of the bootstrap bundle as it is now
   * @param clock decides which certificates are valid
   */
  public ControlPlaneLink(
      ControlPlane controlPlane, Supplier<TrustBundle> bundleRoots, InstantSource clock) {
    this.controlPlane = requireNonNull(controlPlane, "controlPlane");
    this.bundleRoots = requireNonNull(bundleRoots, "bundleRoots");
    this.clock = requireNonNull(clock, "clock");
  }

  /** One connection, with a thread of its own; both end with {@link #close}. */
  public static final class Connection implements AutoCloseable {
    private final ManagedChannel channel;
    private final EventLoopGroup thread;

    private Connection(ManagedChannel channel, EventLoopGroup thread) {
      this.channel = channel;
      this.thread = thread;
    }

    /** Returns the channel; callbacks of its calls run on the connection's thread. */
    public ManagedChannel channel() {
      return channel;
    }

    /** Ends every call. Idempotent; not to be called on the connection's thread, up to 2 s. */
    @Override
    public void close() {
      channel.shutdownNow();
      boolean interrupted = false;
      for (int tries = 0; tries < 2 && !channel.isTerminated(); tries++) {
        try {
          channel.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // the channel needs its thread until it has ended
        }
      }
      thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  ControlPlane controlPlane() {
    return controlPlane;
  }

  /** Returns a connection of somebody without an SVID. */
  Connection connect() {
    return connect(tls(bundleRoots.get()));
  }

  /** Returns a connection of whom {@code credentials} prove; connects with the first call. */
  public Connection connect(Credentials credentials) {
    X509Certificate[] chain = credentials.svid().chain().toArray(X509Certificate[]::new);
    return connect(tls(trusted(credentials)).keyManager(credentials.key(), chain));
  }

  /** Returns the roots of the bundle. */
  TrustBundle trusted() {
    return bundleRoots.get();
  }

  /** Returns the roots that came with {@code credentials}, then those of the bundle. */
  TrustBundle trusted(Credentials credentials) {
    TrustBundle bundle = bundleRoots.get();
    Set<X509Certificate> trusted = new LinkedHashSet<>(credentials.roots().roots());
    trusted.addAll(bundle.roots());
    return new TrustBundle(bundle.trustDomain(), List.copyOf(trusted));
  }

  private SslContextBuilder tls(TrustBundle trusted) {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
        .trustManager(
            new SpiffeTrustManager(
                trusted, clock, controlPlane.id()::equals, "'" + controlPlane.id() + "'"));
  }

  private Connection connect(SslContextBuilder tls) {
    EventLoopGroup thread =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("mooring-agent-client", true), NioIoHandler.newFactory());
    try {
      ManagedChannel channel =
          NettyChannelBuilder.forTarget("dns:///" + controlPlane.authority())
              .eventLoopGroup(thread)
              .channelType(NioSocketChannel.class)
              .sslContext(tls.build())
              .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
              .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
              .directExecutor()
              .build();
      return new Connection(channel, thread);
    } catch (SSLException | RuntimeException e) {
      thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IllegalStateException("TLS client cannot be set up", e);
    }
  }
}
