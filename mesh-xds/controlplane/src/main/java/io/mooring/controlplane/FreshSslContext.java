package io.mooring.controlplane;

import static java.util.Objects.requireNonNull;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.grpc.netty.shaded.io.netty.handler.ssl.JdkSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

/**
 * A server context that makes a new {@code SSLContext} for every connection. Thread-safe.
 *
 * <p>Why not one context: a resumed TLS session skips the check of the client's certificate, and no switch of the JDK 17
 * or of netty turns resumption off for both TLS 1.2 and 1.3. An Envoy with an expired certificate got in that way. A
 * fresh context has nothing to resume; it costs 30 to 140 microseconds a connection.
 */
final class FreshSslContext extends SslContext {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final ApplicationProtocolConfig H2 =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          List.of("h2"));

  private final Supplier<KeyManager> keys;
  private final Supplier<TrustManager> trust;
  private final SslContext shape;

  /**
   * Creates the context. Both suppliers are asked anew for every connection, so that a rotated certificate is used at
   * once; the client's certificate is optional.
   */
  FreshSslContext(Supplier<KeyManager> keys, Supplier<TrustManager> trust) {
    this.keys = requireNonNull(keys, "keys");
    this.trust = requireNonNull(trust, "trust");
    this.shape = fresh();
  }

  private JdkSslContext fresh() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {keys.get()}, new TrustManager[] {trust.get()}, null);
      return new JdkSslContext(
          context,
          false,
          null,
          IdentityCipherSuiteFilter.INSTANCE,
          H2,
          ClientAuth.OPTIONAL,
          PROTOCOLS,
          false);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK refuses a TLS context", e);
    }
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return fresh().newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
    return fresh().newEngine(allocator, peerHost, peerPort);
  }

  @Override
  public boolean isClient() {
    return false;
  }

  @Override
  public List<String> cipherSuites() {
    return shape.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // netty deprecated the type of its own abstract method
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return shape.applicationProtocolNegotiator();
  }

  @Override
  public SSLSessionContext sessionContext() {
    return shape.sessionContext();
  }
}
