package io.mooring.testkit.traffic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import io.mooring.testkit.traffic.TrafficVerdict.Upstream;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One HTTP/1.1 exchange on a connection of its own. The JDK's client is not used because it writes
 * its own Host header, and a proxy must pass on the one it got.
 */
final class PlainHttpCall {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private PlainHttpCall() {}

  /** What came back, as it was sent, without the headers of the hop. */
  record Response(int status, Map<String, List<String>> headers, ByteString body) {}

  /**
   * Sends a request and reads the whole response.
   *
   * @param timeout from now to the last byte; zero means none
   * @throws SocketTimeoutException if that time is over
   * @throws IOException if the upstream cannot be reached or does not speak HTTP/1
   */
  static Response send(Upstream upstream, TrafficRequest request, byte[] body, Duration timeout)
      throws IOException {
    long end = timeout.isZero() ? Long.MAX_VALUE : System.nanoTime() + timeout.toNanos();
    try (Socket socket = new Socket()) {
      int connectMillis = (int) Math.min(CONNECT_TIMEOUT.toMillis(), remainingMillis(end));
      socket.connect(new InetSocketAddress(upstream.address(), upstream.port()), connectMillis);
      socket.setTcpNoDelay(true);
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      message.write(head(request, body.length).getBytes(ISO_8859_1));
      message.write(body);
      socket.getOutputStream().write(message.toByteArray());
      return read(new BufferedInputStream(new DeadlineInput(socket, end)), request.method());
    }
  }

  private static String head(TrafficRequest request, int length) {
    StringBuilder head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.path()).append(" HTTP/1.1\r\n");
    head.append("host: ").append(request.authority()).append("\r\n");
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!HOP_BY_HOP.contains(name)) {
                head.append(name).append(": ").append(value).append("\r\n");
              }
            });
    boolean bodiless = length == 0 && Set.of("GET", "HEAD", "DELETE").contains(request.method());
    if (!bodiless) {
      head.append("content-length: ").append(length).append("\r\n");
    }
    return head.append("connection: close\r\n\r\n").toString();
  }

  private static Response read(InputStream in, String method) throws IOException {
    String[] statusLine = line(in).split(" ", 3);
    if (statusLine.length < 2
        || !statusLine[0].startsWith("HTTP/1.")
        || !statusLine[1].matches("[1-5]\\d\\d")) {
      throw new ProtocolException(
          "status line: '" + String.join(" ", statusLine) + "' (expected: HTTP/1.1 200 OK)");
    }
    int status = Integer.parseInt(statusLine[1]);
    Map<String, List<String>> all = new TreeMap<>();
    for (String field = line(in); !field.isEmpty(); field = line(in)) {
      int colon = field.indexOf(':');
      if (colon < 1) {
        throw new ProtocolException("header: '" + field + "' (expected: name: value)");
      }
      all.computeIfAbsent(
              field.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(field.substring(colon + 1).strip());
    }
    if (status < 200) {
      return read(in, method);
    }
    boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
    byte[] body = bodiless ? new byte[0] : body(in, all);
    all.keySet().removeAll(HOP_BY_HOP);
    return new Response(status, all, ByteString.copyFrom(body));
  }

  private static byte[] body(InputStream in, Map<String, List<String>> headers) throws IOException {
    if (headers.getOrDefault("transfer-encoding", List.of()).contains("chunked")) {
      return chunks(in);
    }
    List<String> lengths = headers.getOrDefault("content-length", List.of());
    if (lengths.isEmpty()) {
      return in.readAllBytes();
    }
    return exactly(in, number(lengths.get(0), 10));
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = number(line(in).split(";", 2)[0].strip(), 16);
      body.write(exactly(in, size));
      if (size == 0) {
        return body.toByteArray();
      }
      line(in);
    }
  }

  private static byte[] exactly(InputStream in, int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("body: " + bytes.length + " bytes (expected: " + size + ")");
    }
    return bytes;
  }

  private static int number(String text, int radix) throws ProtocolException {
    try {
      return Integer.parseUnsignedInt(text, radix);
    } catch (NumberFormatException e) {
      ProtocolException wrong =
          new ProtocolException("length: '" + text + "' (expected: a number)");
      wrong.initCause(e);
      throw wrong;
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("connection closed after '" + line.toString(ISO_8859_1) + "'");
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  private static long remainingMillis(long end) throws SocketTimeoutException {
    if (end == Long.MAX_VALUE) {
      return Integer.MAX_VALUE;
    }
    long millis = (end - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException("upstream request timeout");
    }
    return millis;
  }

  /** Bounds every read by what is left of the time for the whole response. */
  private static final class DeadlineInput extends InputStream {

    private final Socket socket;
    private final InputStream in;
    private final long end;

    DeadlineInput(Socket socket, long end) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, remainingMillis(end)));
      return in.read(buffer, offset, length);
    }
  }
}
