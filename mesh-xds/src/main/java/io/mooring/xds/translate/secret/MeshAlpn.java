package io.mooring.xds.translate.secret;

import io.mooring.model.Protocol;
import java.util.List;

/**
 * What a mesh client offers as ALPN, by what it is about to speak. The {@code istio} names never
 * get selected: they only tell the server's filter chain match that the peer is a mesh proxy and
 * what the bytes inside will be. A context without any of them meets no chain of a PERMISSIVE
 * server.
 */
public enum MeshAlpn {
  /** HTTP/1.1 for certain. */
  HTTP1("istio-http/1.1", "istio", "http/1.1"),
  /** HTTP/2 for certain. */
  HTTP2("istio-h2", "istio", "h2"),
  /**
   * HTTP of whichever version the client of the proxy speaks. Offers no name that a server would
   * select, so that the server tells the versions apart by the first bytes.
   */
  HTTP_ANY("istio-http/1.1", "istio"),
  /**
   * Bytes. Without {@code istio-peer-exchange}: upstream Envoy lacks the filter that must follow
   * it.
   */
  OPAQUE("istio");

  /** What a server chain matches to take mutual TLS of any kind: the names of every mesh client. */
  public static final List<String> ANY_MESH_CLIENT =
      List.of("istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2");

  /** What a server chain matches to take mutual TLS with HTTP inside. */
  public static final List<String> HTTP_MESH_CLIENT =
      List.of("istio-http/1.0", "istio-http/1.1", "istio-h2");

  /** What a server chain matches to take mutual TLS with anything but declared HTTP inside. */
  public static final List<String> OPAQUE_MESH_CLIENT = List.of("istio-peer-exchange", "istio");

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<String> names;

  MeshAlpn(String... names) {
    this.names = List.of(names);
  }

  /** Returns the names in the order of preference. */
  public List<String> names() {
    return names;
  }

  /** Returns what a client offers to a service port of this protocol. */
  public static MeshAlpn of(Protocol protocol) {
    if (protocol.isHttp2()) {
      return HTTP2;
    }
    return protocol.isHttp() ? HTTP1 : OPAQUE;
  }
}
