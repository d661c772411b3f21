package io.mooring.identity.bundle;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a trust bundle to other trust domains over HTTPS. Thread-safe.
 *
 * <p>Anybody may ask, so nobody may hold it up: a connection lives for ten seconds and one request,
 * there are 64 at a time, and a further one is closed at once. No HTTP server of the JDK bounds the
 * time of a request.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE_Federation.md">SPIFFE
 *     Federation 5</a>
 */
public final class BundleEndpoint implements AutoCloseable {

  private static final long CLOSE_MILLIS = 5_000;
  private static final Logger LOG = LoggerFactory.getLogger(BundleEndpoint.class);
  private static final int MAX_CONNECTIONS = 64;
  private static final Duration CONNECTION_LIMIT = Duration.ofSeconds(10);
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** Mozilla's "intermediate" list, less what needs Diffie-Hellman parameters. */
  private static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final Thread acceptor;
  private final String path;
  private final Supplier<TrustBundle> bundle;
  private final Supplier<ServerIdentity> identity;
  private final Duration connectionLimit;
  private final ServerSocket server;
  private final ThreadPoolExecutor connections;
  private final ScheduledThreadPoolExecutor deadlines;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private BundleEndpoint(
      String path,
      Supplier<TrustBundle> bundle,
      Supplier<ServerIdentity> identity,
      Duration connectionLimit,
      ServerSocket server) {
    this.path = path;
    this.bundle = bundle;
    this.identity = identity;
    this.connectionLimit = connectionLimit;
    this.server = server;
    this.connections =
        new ThreadPoolExecutor(
            0,
            MAX_CONNECTIONS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons("mooring-bundle-endpoint-"));
    this.deadlines = new ScheduledThreadPoolExecutor(1, daemons("mooring-bundle-deadline-"));
    this.deadlines.setRemoveOnCancelPolicy(true);
    this.acceptor = new Thread(this::accept, "mooring-bundle-acceptor-0");
    acceptor.setDaemon(true);
  }

  /**
   * Publishes in the profile {@code https_spiffe}: clients check our SPIFFE ID.
   *
   * @param address where to listen; port 0 picks one
   * @param path of the only page, e.g. {@code /}
   * @param bundle asked for each request
   * @param svid asked for each connection; with its private key
   * @throws IOException if the address cannot be listened on
   */
  public static BundleEndpoint startSpiffe(
      InetSocketAddress address, String path, Supplier<TrustBundle> bundle, Supplier<X509Svid> svid)
      throws IOException {
    requireNonNull(svid, "svid");
    return start(address, path, bundle, () -> ServerIdentity.of(svid.get()), CONNECTION_LIMIT);
  }

  /**
   * Publishes in the profile {@code https_web}: clients check the host of the URL.
   *
   * @param address where to listen; port 0 picks one
   * @param path of the only page, e.g. {@code /}
   * @param host what the URL says, a DNS name or an IP
   * @param bundle asked for each request
   * @param identity asked for each connection; its certificate must name {@code host}, and comes
   *     best from a public CA
   * @throws IOException if the address cannot be listened on
   * @throws IllegalArgumentException if the certificate of now is not for {@code host}
   */
  public static BundleEndpoint startWeb(
      InetSocketAddress address,
      String path,
      String host,
      Supplier<TrustBundle> bundle,
      Supplier<ServerIdentity> identity)
      throws IOException {
    requireNonNull(host, "host");
    requireNonNull(identity, "identity");
    requireFor(host, identity.get());
    return start(address, path, bundle, () -> requireFor(host, identity.get()), CONNECTION_LIMIT);
  }

  private static ServerIdentity requireFor(String host, ServerIdentity identity) {
    if (!identity.isFor(host)) {
      throw new IllegalArgumentException(
          identity + " (expected: a certificate that names '" + host + "')");
    }
    return identity;
  }

  /** Starts an endpoint on which a connection lives for {@code connectionLimit} at most. */
  static BundleEndpoint start(
      InetSocketAddress address,
      String path,
      Supplier<TrustBundle> bundle,
      Supplier<ServerIdentity> identity,
      Duration connectionLimit)
      throws IOException {
    requireNonNull(bundle, "bundle");
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path '" + path + "' (expected: to begin with '/')");
    }
    ServerSocket server = new ServerSocket();
    try {
      server.bind(address);
    } catch (IOException e) {
      server.close();
      throw new IOException("bundle endpoint " + address + ": " + e.getMessage(), e);
    }
    BundleEndpoint endpoint = new BundleEndpoint(path, bundle, identity, connectionLimit, server);
    endpoint.acceptor.start();
    return endpoint;
  }

  /** Returns where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        try {
          connections.execute(() -> serve(socket));
        } catch (RejectedExecutionException e) {
          end(socket); // too many at once: this one may come again
        }
      } catch (SocketException e) {
        LOG.debug("event=bundle_endpoint_closed reason=\"{}\"", e.getMessage());
      } catch (IOException e) {
        LOG.warn("event=bundle_endpoint_accept_failed reason=\"{}\"", e.getMessage());
      }
    }
  }

  private void serve(Socket socket) {
    Future<?> deadline =
        deadlines.schedule(() -> end(socket), connectionLimit.toMillis(), TimeUnit.MILLISECONDS);
    try (SSLSocket tls = handshake(socket)) {
      HttpExchange.answer(tls, path, bundle);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // A peer that hangs up or does not trust us is its own business: nothing an operator can do.
      LOG.debug("event=bundle_not_served peer={}", socket.getRemoteSocketAddress(), e);
    } finally {
      deadline.cancel(false);
      end(socket);
    }
  }

  private SSLSocket handshake(Socket socket) throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS"); // nothing to resume: the newest identity
    context.init(new KeyManager[] {new FreshIdentity(identity)}, null, null);
    SSLSocket tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, null, address().getPort(), true);
    tls.setUseClientMode(false);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    List<String> known = List.of(context.getSupportedSSLParameters().getCipherSuites());
    parameters.setCipherSuites(
        CIPHER_SUITES.stream().filter(known::contains).toArray(String[]::new));
    parameters.setNeedClientAuth(false); // Federation 5.2.1.2: nobody has to show who he is
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return tls;
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("event=bundle_connection_not_closed", e);
    }
  }

  private static ThreadFactory daemons(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + number.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Closes the port and every connection. Idempotent. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("event=bundle_endpoint_not_closed reason=\"{}\"", e.getMessage());
    }
    connections.shutdownNow();
    deadlines.shutdownNow();
    open.forEach(this::end);
    try {
      acceptor.join(CLOSE_MILLIS); // until it has left the port, the port takes connections
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
