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
import javax.net.ssl.SSLException;

/**
 * The way to the control plane: TLS to the one identity that it must have, whatever its address.
 * Thread-safe.
 */
public final class ControlPlaneLink {

  private static final int KEEPALIVE_SECONDS = 30; // what servers permit; a dead peer is noticed
  private static final int KEEPALIVE_TIMEOUT_SECONDS = 10;

  private final ControlPlane controlPlane;
  private final TrustBundle bundleRoots;
  private final InstantSource clock;

  /**
   * Creates a link.
   *
   * @param controlPlane where to connect, and who must answer
   * @param bundleRoots the roots of the bootstrap bundle
   * @param clock decides which certificates are valid
   */
  public ControlPlaneLink(ControlPlane controlPlane, TrustBundle bundleRoots, InstantSource clock) {
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

    /** Ends every call. Idempotent; not to be called on the connection's thread, up to 1 s. */
    @Override
    public void close() {
      try {
        channel.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  ControlPlane controlPlane() {
    return controlPlane;
  }

  /** Returns a connection of somebody without an SVID. */
  Connection connect() {
    return connect(tls(bundleRoots));
  }

  /** Returns a connection of whom {@code credentials} prove; connects with the first call. */
  public Connection connect(Credentials credentials) {
    X509Certificate[] chain = credentials.svid().chain().toArray(X509Certificate[]::new);
    return connect(tls(trusted(credentials)).keyManager(credentials.key(), chain));
  }

  /** Returns the roots of the bundle. */
  TrustBundle trusted() {
    return bundleRoots;
  }

  /** Returns the roots that came with {@code credentials}, then those of the bundle. */
  TrustBundle trusted(Credentials credentials) {
    Set<X509Certificate> trusted = new LinkedHashSet<>(credentials.roots().roots());
    trusted.addAll(bundleRoots.roots());
    return new TrustBundle(bundleRoots.trustDomain(), List.copyOf(trusted));
  }

  private SslContextBuilder tls(TrustBundle trusted) {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
        .trustManager(new ServerIdentityTrust(controlPlane.id(), trusted, clock));
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
