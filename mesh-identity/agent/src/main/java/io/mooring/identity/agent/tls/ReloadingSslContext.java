package io.mooring.identity.agent.tls;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.agent.svid.SpiffeTrustManager;
import io.mooring.model.spiffe.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * An {@link SSLContext} whose every connection uses the SVID and the roots of the moment, and
 * verifies its peer anew. Thread-safe.
 *
 * <p>Each connection gets a context of its own inside: no session is ever resumed, since a resumed
 * one is not verified, and would let a peer in whose certificate has expired. (What the JDK has
 * against resumption works in part only, or not at all.) It costs a full handshake a connection.
 */
public final class ReloadingSslContext extends SSLContext {

  private static final String ACCEPTED = "one that this program accepts";
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private ReloadingSslContext(Spi spi, SSLContext shape) {
    super(spi, shape.getProvider(), "TLS");
  }

  /**
   * Returns a context.
   *
   * @param credentials what to show and whom to trust now; asked at every connection
   * @param clock decides which certificates are valid
   * @param peers whom to accept, of those that are verified; must be thread-safe
   */
  public static SSLContext of(
      Supplier<Credentials> credentials, InstantSource clock, Predicate<SpiffeId> peers) {
    Spi spi =
        new Spi(
            requireNonNull(credentials, "credentials"),
            requireNonNull(clock, "clock"),
            requireNonNull(peers, "peers"));
    return new ReloadingSslContext(spi, spi.fresh());
  }

  private static final class Spi extends SSLContextSpi {
    private final Supplier<Credentials> credentials;
    private final InstantSource clock;
    private final Predicate<SpiffeId> peers;
    private final SSLContext shape;

    Spi(Supplier<Credentials> credentials, InstantSource clock, Predicate<SpiffeId> peers) {
      this.credentials = credentials;
      this.clock = clock;
      this.peers = peers;
      this.shape = fresh();
    }

    SSLContext fresh() {
      Credentials now = credentials.get();
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
            new KeyManager[] {new SvidKeyManager(now)},
            new TrustManager[] {new SpiffeTrustManager(now.roots(), clock, peers, ACCEPTED)},
            null);
        return context;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JDK has no TLS", e);
      }
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return mutual(fresh().createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return mutual(fresh().createSSLEngine(host, port));
    }

    /** Where the engine becomes a server's, its clients must show an SVID. */
    private static SSLEngine mutual(SSLEngine engine) {
      engine.setEnabledProtocols(PROTOCOLS);
      engine.setNeedClientAuth(true);
      return engine;
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return new FreshSocketFactory(() -> fresh().getSocketFactory(), PROTOCOLS);
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw new UnsupportedOperationException(
          "SSLServerSocket would resume sessions (expected: an SSLEngine, as HttpsServer, Netty and"
              + " gRPC use, or getSocketFactory() over an accepted socket)");
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      SSLParameters parameters = shape.getDefaultSSLParameters();
      parameters.setProtocols(PROTOCOLS);
      parameters.setNeedClientAuth(true);
      return parameters;
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return shape.getSupportedSSLParameters();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return shape.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return shape.getClientSessionContext();
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("this context is initialised, and stays so");
    }
  }
}
