package io.mooring.xds.translate.listener;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.mooring.model.Protocol;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.xds.translate.secret.MeshAlpn;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The filter chains of one inbound port: which bytes are taken for mutual TLS, for HTTP, for
 * neither, by protocol and mode. Immutable.
 *
 * @param name of every chain
 * @param port the destination port that chains match; absent where the listener has no other
 * @param mutualTls terminates TLS of mesh clients
 * @param http parses HTTP
 * @param bytes copies bytes
 */
record InboundChains(
    String name, OptionalInt port, TransportSocket mutualTls, Filter http, Filter bytes) {

  private static final List<String> PLAIN_HTTP = List.of("http/1.1", "h2c");
  private static final List<String> ANY = List.of();

  /** Returns the chains of a port of this protocol and mode, the most specific first. */
  List<FilterChain> of(Protocol protocol, Mode mode) {
    if (protocol.isHttp()) {
      return http(mode);
    }
    return protocol == Protocol.AUTO ? undeclared(mode) : opaque(mode);
  }

  /** Returns whether choosing among the chains takes a look at the first bytes for TLS. */
  static boolean looksForTls(Mode mode) {
    return mode != Mode.DISABLE;
  }

  /** Returns whether choosing among the chains takes a look at plain bytes for HTTP. */
  static boolean looksForHttp(Protocol protocol, Mode mode) {
    return protocol == Protocol.AUTO && mode != Mode.STRICT;
  }

  private List<FilterChain> http(Mode mode) {
    List<FilterChain> chains = new ArrayList<>();
    switch (mode) {
      case STRICT -> chains.add(terminated(ANY, http));
      case DISABLE -> chains.add(plain(ANY, http));
      case PERMISSIVE, UNSET -> {
        chains.add(terminated(MeshAlpn.ANY_MESH_CLIENT, http));
        chains.add(plain(ANY, http));
      }
    }
    return chains;
  }

  private List<FilterChain> opaque(Mode mode) {
    List<FilterChain> chains = new ArrayList<>();
    switch (mode) {
      case STRICT -> chains.add(terminated(ANY, bytes));
      case DISABLE -> chains.add(plain(ANY, bytes));
      case PERMISSIVE, UNSET -> {
        chains.add(terminated(MeshAlpn.ANY_MESH_CLIENT, bytes));
        chains.add(applicationTls());
        chains.add(plain(ANY, bytes));
      }
    }
    return chains;
  }

  private List<FilterChain> undeclared(Mode mode) {
    List<FilterChain> chains = new ArrayList<>();
    switch (mode) {
      case STRICT -> {
        chains.add(terminated(MeshAlpn.HTTP_MESH_CLIENT, http));
        chains.add(terminated(ANY, bytes));
      }
      case DISABLE -> {
        chains.add(plain(PLAIN_HTTP, http));
        chains.add(plain(ANY, bytes));
      }
      case PERMISSIVE, UNSET -> {
        chains.add(terminated(MeshAlpn.HTTP_MESH_CLIENT, http));
        chains.add(plain(PLAIN_HTTP, http));
        chains.add(terminated(MeshAlpn.OPAQUE_MESH_CLIENT, bytes));
        chains.add(plain(ANY, bytes));
        chains.add(applicationTls());
      }
    }
    return chains;
  }

  private FilterChain terminated(List<String> alpn, Filter filter) {
    return chain("tls", alpn, filter).setTransportSocket(mutualTls).build();
  }

  private FilterChain plain(List<String> alpn, Filter filter) {
    return chain("raw_buffer", alpn, filter).build();
  }

  /** TLS between the client and the application itself, which a proxy passes on untouched. */
  private FilterChain applicationTls() {
    return chain("tls", ANY, bytes).build();
  }

  private FilterChain.Builder chain(String transport, List<String> alpn, Filter filter) {
    FilterChainMatch.Builder match =
        FilterChainMatch.newBuilder()
            .setTransportProtocol(transport)
            .addAllApplicationProtocols(alpn);
    port.ifPresent(number -> match.setDestinationPort(UInt32Value.of(number)));
    return FilterChain.newBuilder().setName(name).setFilterChainMatch(match).addFilters(filter);
  }
}
