package io.mooring.identity.agent.health;

import io.mooring.model.networking.ReadinessProbe;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Succeeds when a GET is answered with 200 to 399; redirects are not followed. Immutable.
 *
 * <p>It speaks HTTP/1.1 itself: the JDK's clients neither take a {@code Host} header nor a source
 * address.
 *
 * @param target where to
 * @param tls whether the request goes through TLS; no certificate is checked, as nothing secret is
 *     sent and kubelets do not either
 * @param path with the query, begins with a slash
 * @param headers to send beside ours; a {@code Host} or {@code User-Agent} replaces ours
 */
record HttpProbe(ProbeTarget target, boolean tls, String path, List<ReadinessProbe.Header> headers)
    implements Probe {

  private static final int MAX_STATUS_LINE = 256;
  private static final int MAX_BODY = 10 << 10; // kubelets' bound
  private static final Pattern STATUS_LINE =
      Pattern.compile("HTTP/1\\.[01] ([1-5][0-9][0-9])\\b.*");

  HttpProbe {
    headers = List.copyOf(headers);
  }

  @Override
  public void check(Duration timeout) throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    try (Socket plain = target.connect(timeout);
        Socket socket = tls ? wrapped(plain) : plain) {
      socket.setSoTimeout(left(end));
      socket.getOutputStream().write(request().getBytes(StandardCharsets.ISO_8859_1));
      int status = status(socket, end);
      if (status < 200 || status > 399) {
        throw new IOException("answered " + status + " (expected: 200 to 399)");
      }
      drain(socket, end);
    } catch (IOException e) {
      throw new IOException("GET " + path + " of " + target + ": " + e.getMessage(), e);
    }
  }

  private String request() {
    StringBuilder request = new StringBuilder("GET ").append(path).append(" HTTP/1.1\r\n");
    if (!has("Host")) {
      request.append("Host: ").append(target).append("\r\n");
    }
    if (!has("User-Agent")) {
      request.append("User-Agent: istio-probe/1.0\r\n");
    }
    for (ReadinessProbe.Header header : headers) {
      request.append(line(header.name())).append(": ").append(line(header.value())).append("\r\n");
    }
    return request.append("Connection: close\r\n\r\n").toString();
  }

  private boolean has(String name) {
    return headers.stream().anyMatch(header -> header.name().equalsIgnoreCase(name));
  }

  private static String line(String text) {
    return text.replaceAll("[\\r\\n]", " ");
  }

  private static int status(Socket socket, long end) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.append((char) next);
      if (line.length() > MAX_STATUS_LINE) {
        break;
      }
      socket.setSoTimeout(left(end)); // one byte now and then is no answer
    }
    Matcher status = STATUS_LINE.matcher(line.toString().strip());
    if (!status.matches()) {
      throw new IOException("answered no HTTP/1.1");
    }
    return Integer.parseInt(status.group(1));
  }

  /** Reads the body, as kubelets do: an application that still writes it must not see a reset. */
  private static void drain(Socket socket, long end) {
    byte[] buffer = new byte[1024];
    try {
      InputStream in = socket.getInputStream();
      int read = 0;
      for (int n = 0; n >= 0 && read < MAX_BODY; n = in.read(buffer)) {
        read += n;
        socket.setSoTimeout(left(end));
      }
    } catch (IOException e) {
      // The status was the answer; how its body ends says nothing about health.
    }
  }

  private static int left(long end) throws IOException {
    long millis = (end - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new IOException("timed out");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  private Socket wrapped(Socket plain) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAnybody()}, null);
      SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(plain, target.host(), target.port(), true);
      socket.startHandshake();
      return socket;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    }
  }

  static boolean isHttps(String scheme) {
    return scheme.toUpperCase(Locale.ROOT).equals("HTTPS");
  }

  /** A probe asks whether somebody answers, not who. */
  private static final class TrustAnybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
