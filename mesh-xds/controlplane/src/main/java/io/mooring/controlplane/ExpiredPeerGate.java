package io.mooring.controlplane;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose peer's certificate has ended. Confined to the connection's event loop.
 *
 * <p>Why not only the streams: Envoy keeps the HTTP/2 connection and tries its next stream on it,
 * with the old certificate of its handshake, for ever. Only a new connection shows the renewed one.
 */
final class ExpiredPeerGate extends ChannelInboundHandlerAdapter {

  /** Streams end at the certificate's end, with a status; the connection goes right after them. */
  private static final Duration AFTER_STREAMS = Duration.ofSeconds(1);

  private final InstantSource clock;
  private @Nullable Instant closeAt;

  private ExpiredPeerGate(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns a handler for a server's channel that puts a gate in front of every connection. */
  static ChannelInboundHandlerAdapter forAccepted(InstantSource clock) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object accepted) {
        ((Channel) accepted).pipeline().addLast(new ExpiredPeerGate(clock));
        context.fireChannelRead(accepted);
      }
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    if (closeAt == null) {
      closeAt = certificateEnd(context);
      if (closeAt != null) {
        long wait = Math.max(0, Duration.between(clock.instant(), closeAt).toMillis());
        context.executor().schedule(() -> context.close(), wait, TimeUnit.MILLISECONDS);
      }
    }
    if (closeAt != null && !clock.instant().isBefore(closeAt)) {
      ReferenceCountUtil.release(bytes);
      context.close();
    } else {
      context.fireChannelRead(bytes);
    }
  }

  /**
   * Returns when to close; null before the handshake is done, and for a peer without certificate.
   */
  private static @Nullable Instant certificateEnd(ChannelHandlerContext context) {
    SslHandler tls = context.pipeline().get(SslHandler.class);
    if (tls == null || !tls.handshakeFuture().isSuccess()) {
      return null;
    }
    try {
      X509Certificate leaf = (X509Certificate) tls.engine().getSession().getPeerCertificates()[0];
      return leaf.getNotAfter().toInstant().plus(AFTER_STREAMS);
    } catch (SSLPeerUnverifiedException e) {
      return null; // the JDK's way to say that the peer showed none
    }
  }
}
