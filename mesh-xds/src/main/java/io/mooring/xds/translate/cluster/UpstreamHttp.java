package io.mooring.xds.translate.cluster;

import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.mooring.model.Protocol;
import io.mooring.xds.translate.secret.MeshAlpn;
import java.util.Optional;

/** Which HTTP version a cluster speaks to its endpoints. */
enum UpstreamHttp {
  HTTP1(MeshAlpn.HTTP1),
  HTTP2(MeshAlpn.HTTP2),
  /**
   * Whatever the client of the proxy speaks, which may be no HTTP at all; a listener that finds out
   * that it is sends a better ALPN.
   */
  SAME_AS_CLIENT(MeshAlpn.OPAQUE);

  /** The extension name under which a cluster carries its HTTP options. */
  static final String OPTIONS_KEY = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private final MeshAlpn alpn;

  UpstreamHttp(MeshAlpn alpn) {
    this.alpn = alpn;
  }

  /** Returns what a port of this protocol is spoken to with; absent if it is not HTTP. */
  static Optional<UpstreamHttp> of(Protocol protocol) {
    if (protocol == Protocol.AUTO) {
      return Optional.of(SAME_AS_CLIENT);
    }
    if (!protocol.isHttp()) {
      return Optional.empty();
    }
    return Optional.of(protocol.isHttp2() ? HTTP2 : HTTP1);
  }

  /** Returns what mTLS offers to a mesh peer. */
  MeshAlpn alpn() {
    return alpn;
  }

  /**
   * Returns the cluster options of this version.
   *
   * @param http2 applies where HTTP/2 may be spoken
   */
  HttpProtocolOptions.Builder options(Http2ProtocolOptions http2) {
    HttpProtocolOptions.Builder options = HttpProtocolOptions.newBuilder();
    switch (this) {
      case HTTP1 ->
          options
              .getExplicitHttpConfigBuilder()
              .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance());
      case HTTP2 -> options.getExplicitHttpConfigBuilder().setHttp2ProtocolOptions(http2);
      case SAME_AS_CLIENT ->
          options
              .getUseDownstreamProtocolConfigBuilder()
              .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
              .setHttp2ProtocolOptions(http2);
    }
    return options;
  }
}
