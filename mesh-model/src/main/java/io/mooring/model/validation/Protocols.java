package io.mooring.model.validation;

import java.util.Locale;
import java.util.Set;

/** The names of application protocols; case does not matter. */
final class Protocols {

  /** What {@link #isKnown} accepts, for a message. */
  static final String NAMES =
      "HTTP, HTTP2, HTTPS, HTTP_PROXY, GRPC, GRPC-WEB, TLS, TCP, UDP, MONGO, REDIS, MYSQL";

  private static final Set<String> KNOWN =
      Set.of(
          "tcp",
          "udp",
          "grpc",
          "grpc-web",
          "http",
          "http_proxy",
          "http2",
          "https",
          "tls",
          "mongo",
          "redis",
          "mysql");

  private Protocols() {}

  static boolean isKnown(String name) {
    return KNOWN.contains(name.toLowerCase(Locale.ROOT));
  }
}
