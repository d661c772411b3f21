package io.mooring.identity.bundle;

import io.mooring.identity.TrustBundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One HTTP/1.1 request for a bundle and its answer, after which the connection ends. */
final class HttpExchange {

  private static final int MAX_HEAD = 8192;
  private static final Pattern REQUEST_LINE =
      Pattern.compile("([A-Z]+) (\\S+) HTTP/1\\.[01]\\r\\n.*", Pattern.DOTALL);

  private HttpExchange() {}

  static void answer(Socket connection, String path, Supplier<TrustBundle> bundle)
      throws IOException {
    Matcher request = REQUEST_LINE.matcher(head(connection.getInputStream()));
    OutputStream out = connection.getOutputStream();
    if (!request.matches()) {
      write(out, "400 Bad Request", "");
    } else if (!path.equals(request.group(2))) {
      write(out, "404 Not Found", "");
    } else if (!request.group(1).equals("GET")) {
      write(out, "405 Method Not Allowed\r\nAllow: GET", "");
    } else {
      write(out, "200 OK\r\nContent-Type: application/json", bundle.get().toJson());
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int ending = 0; // how much of CR LF CR LF came last
    while (ending < 4) {
      int next = in.read();
      if (next < 0 || head.size() == MAX_HEAD) {
        return "";
      }
      head.write(next);
      boolean fits = next == (ending % 2 == 0 ? '\r' : '\n');
      ending = fits ? ending + 1 : next == '\r' ? 1 : 0;
    }
    return head.toString(StandardCharsets.US_ASCII);
  }

  private static void write(OutputStream out, String status, String body) throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8); // Federation 5.2.1.2
    String head =
        "HTTP/1.1 "
            + status
            + "\r\nContent-Length: "
            + content.length
            + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(content);
    out.flush();
  }
}
