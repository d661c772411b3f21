package io.mooring.model;

import java.util.Locale;

/**
 * Application protocol of a service port, as Istio names them.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/">Protocol
 *     selection</a>
 */
public enum Protocol {
  HTTP,
  HTTP2,
  HTTP_PROXY,
  GRPC,
  GRPC_WEB,
  HTTPS,
  TLS,
  TCP,
  UDP,
  MONGO,
  REDIS,
  MYSQL,
  /** Not declared: the proxy sniffs whether it is HTTP. */
  AUTO;

  /** Returns whether the proxy parses this protocol as HTTP, so that routes apply. */
  public boolean isHttp() {
    return this == HTTP || this == HTTP2 || this == GRPC || this == GRPC_WEB || this == HTTP_PROXY;
  }

  /** Returns whether HTTP/2 is spoken to the application. */
  public boolean isHttp2() {
    return this == HTTP2 || this == GRPC || this == GRPC_WEB;
  }

  /** Returns whether the client itself speaks TLS, so that only SNI is visible. */
  public boolean isTls() {
    return this == HTTPS || this == TLS;
  }

  /**
   * Returns the protocol that Istio's name means; case does not matter, an empty name means {@link
   * #AUTO}.
   *
   * @return {@link #AUTO} for a name that is not known; validation reports it
   */
  public static Protocol parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "http" -> HTTP;
      case "http2" -> HTTP2;
      case "http_proxy" -> HTTP_PROXY;
      case "grpc" -> GRPC;
      case "grpc-web" -> GRPC_WEB;
      case "https" -> HTTPS;
      case "tls" -> TLS;
      case "tcp" -> TCP;
      case "udp" -> UDP;
      case "mongo" -> MONGO;
      case "redis" -> REDIS;
      case "mysql" -> MYSQL;
      default -> AUTO;
    };
  }
}
