package io.mooring.identity.agent.envoy;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * A client of Envoy's admin page. Immutable.
 *
 * @param address where the page is
 */
record EnvoyAdmin(InetSocketAddress address) {

  private static final int TIMEOUT_MILLIS = 1_000;

  /**
   * Returns the admin page that {@code text}, Envoy's {@code host:port}, names.
   *
   * @throws IllegalArgumentException if it is no such text
   */
  static EnvoyAdmin parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("admin address '" + text + "' (expected: host:port)");
    }
    return new EnvoyAdmin(
        new InetSocketAddress(
            text.substring(0, colon), Integer.parseInt(text.substring(colon + 1))));
  }

  /** Returns whether Envoy is LIVE: it has its configuration and serves. */
  boolean isReady() {
    try {
      return request("GET", "/ready") == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false; // not up yet, or gone
    }
  }

  void post(String path) throws IOException {
    int status = request("POST", path);
    if (status != HttpURLConnection.HTTP_OK) {
      throw new IOException("POST " + path + " answered " + status + " (expected: 200)");
    }
  }

  private int request(String method, String path) throws IOException {
    String host = address.getAddress().getHostAddress();
    String authority = host.indexOf(':') < 0 ? host : "[" + host + "]";
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://" + authority + ":" + address.getPort() + path)
                .toURL()
                .openConnection(java.net.Proxy.NO_PROXY);
    connection.setRequestMethod(method);
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    try {
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }
}
