package io.mooring.identity.bundle;

import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Fetches bundles from SPIFFE bundle endpoints. Thread-safe; blocks, within bounds. */
final class BundleClient {

  private static final int CONNECT_MILLIS = 10_000;
  private static final int READ_MILLIS = 10_000;
  private static final long TOTAL_NANOS = 30_000_000_000L;
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final InstantSource clock;

  BundleClient(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Returns the bundle that {@code domain} publishes now.
   *
   * @param known the bundles of now: the newest one of the server's domain judges its certificate
   * @throws IOException if it cannot be had, in the one profile that was asked for
   */
  TrustBundle fetch(FederatedDomain domain, BundleSet known) throws IOException {
    URI url = domain.endpoint();
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      HttpsURLConnection connection = connect(url, domain.profile(), known);
      try {
        int status = connection.getResponseCode();
        if (status == HttpsURLConnection.HTTP_OK) {
          return TrustBundle.parseJson(domain.trustDomain(), body(connection));
        }
        if (!REDIRECTS.contains(status)) {
          throw new IOException(url + " answers " + status + " (expected: 200 or a redirect)");
        }
        url = target(url, connection.getHeaderField("Location")); // for this fetch alone
      } catch (IllegalArgumentException e) {
        throw new IOException(e.getMessage(), e);
      } finally {
        connection.disconnect();
      }
    }
    throw new IOException(
        domain.endpoint() + " redirects more than " + MAX_REDIRECTS + " times (a loop?)");
  }

  private HttpsURLConnection connect(URI url, EndpointProfile profile, BundleSet known)
      throws IOException {
    HttpsURLConnection connection = (HttpsURLConnection) url.toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(READ_MILLIS);
    connection.setRequestProperty("Connection", "close");
    connection.setRequestProperty("Accept", "application/json");
    return profile.fold(
        web -> {
          connection.setSSLSocketFactory(web.trust().getSocketFactory());
          return connection;
        },
        spiffe -> {
          connection.setSSLSocketFactory(context(spiffe, known).getSocketFactory());
          // The identity counts, and was checked in the handshake; the name of the host does not.
          connection.setHostnameVerifier((host, session) -> true);
          return connection;
        });
  }

  /** A new context each time: a resumed session would not be checked by the newest bundle. */
  private SSLContext context(EndpointProfile.Spiffe spiffe, BundleSet known) {
    TrustBundle newest = known.find(spiffe.endpointId().trustDomain()).orElse(spiffe.bundle());
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          null, new TrustManager[] {new EndpointTrust(spiffe.endpointId(), newest, clock)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK refuses a TLS context", e);
    }
  }

  private static URI target(URI from, String location) throws IOException {
    if (location == null) {
      throw new IOException(from + " redirects to nowhere (expected: a Location)");
    }
    try {
      URI target = from.resolve(new URI(location));
      FederatedDomain.requireEndpoint(target);
      return target;
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new IOException(from + " redirects to no bundle endpoint: " + e.getMessage(), e);
    }
  }

  private static String body(HttpsURLConnection connection) throws IOException {
    URL url = connection.getURL();
    long end = System.nanoTime() + TOTAL_NANOS;
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try (InputStream in = connection.getInputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        body.write(buffer, 0, read);
        if (body.size() > MAX_BYTES || System.nanoTime() > end) {
          throw new IOException(
              url
                  + " sends "
                  + body.size()
                  + " bytes so far (expected: at most 1 MiB within 30 s)");
        }
      }
    }
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(body.toByteArray()))
        .toString();
  }
}
