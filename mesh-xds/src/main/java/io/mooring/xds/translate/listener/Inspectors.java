package io.mooring.xds.translate.listener;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrc;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.type.v3.Int32Range;
import io.mooring.xds.resource.Pack;
import java.util.Collection;
import java.util.TreeSet;

/** Listener filters: what looks at a connection before a filter chain is chosen. */
final class Inspectors {

  /** The mark by which Istio's TPROXY rules let the proxy's own packets through. */
  private static final int TPROXY_MARK = 1337;

  static final ListenerFilter ORIGINAL_DST =
      filter("envoy.filters.listener.original_dst", OriginalDst.getDefaultInstance());

  static final ListenerFilter ORIGINAL_SRC =
      filter(
          "envoy.filters.listener.original_src",
          OriginalSrc.newBuilder().setMark(TPROXY_MARK).build());

  /** Finds SNI and ALPN in a TLS hello. */
  static final ListenerFilter TLS =
      filter("envoy.filters.listener.tls_inspector", TlsInspector.getDefaultInstance());

  /** Finds out whether plain bytes are HTTP. */
  static final ListenerFilter HTTP =
      filter("envoy.filters.listener.http_inspector", HttpInspector.getDefaultInstance());

  private Inspectors() {}

  /**
   * Returns {@code filter} switched off for connections to {@code ports}: an inspector waits for
   * the client's first bytes, and where nothing depends on them, a protocol in which the server
   * speaks first must not wait.
   */
  static ListenerFilter exceptOn(Collection<Integer> ports, ListenerFilter filter) {
    if (ports.isEmpty()) {
      return filter;
    }
    return filter.toBuilder().setFilterDisabled(anyOf(ports)).build();
  }

  /** Returns {@code filter} switched on for connections to {@code ports} only. */
  static ListenerFilter onlyOn(Collection<Integer> ports, ListenerFilter filter) {
    return filter.toBuilder()
        .setFilterDisabled(ListenerFilterChainMatchPredicate.newBuilder().setNotMatch(anyOf(ports)))
        .build();
  }

  private static ListenerFilterChainMatchPredicate anyOf(Collection<Integer> ports) {
    TreeSet<Integer> sorted = new TreeSet<>(ports);
    if (sorted.size() == 1) {
      return port(sorted.first());
    }
    ListenerFilterChainMatchPredicate.MatchSet.Builder any =
        ListenerFilterChainMatchPredicate.MatchSet.newBuilder(); // takes two rules or more
    sorted.forEach(port -> any.addRules(port(port)));
    return ListenerFilterChainMatchPredicate.newBuilder().setOrMatch(any).build();
  }

  private static ListenerFilterChainMatchPredicate port(int port) {
    return ListenerFilterChainMatchPredicate.newBuilder()
        .setDestinationPortRange(Int32Range.newBuilder().setStart(port).setEnd(port + 1))
        .build();
  }

  private static ListenerFilter filter(String name, Message config) {
    return ListenerFilter.newBuilder().setName(name).setTypedConfig(Pack.any(config)).build();
  }
}
