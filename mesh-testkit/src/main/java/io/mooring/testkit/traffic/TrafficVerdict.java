package io.mooring.testkit.traffic;

import java.time.Duration;
import java.util.function.Function;

/** What the proxy does with a call. Immutable. */
public sealed interface TrafficVerdict {

  /** Returns which configuration led here. */
  TrafficTrace trace();

  /** Returns what one of the functions makes of this. */
  <T> T fold(Function<Forward, T> forward, Function<Reply, T> reply, Function<Reset, T> reset);

  /**
   * The call goes to an upstream.
   *
   * @param delay by fault injection, before anything is sent; zero without
   * @param timeout for the whole response; zero means none
   * @param request as the upstream gets it: rewrites and header changes applied; a TCP call has it
   *     unchanged
   */
  record Forward(
      TrafficTrace trace,
      Duration delay,
      Duration timeout,
      Upstream upstream,
      TrafficRequest request)
      implements TrafficVerdict {
    @Override
    public <T> T fold(
        Function<Forward, T> forward, Function<Reply, T> reply, Function<Reset, T> reset) {
      return forward.apply(this);
    }
  }

  /**
   * The proxy itself answers.
   *
   * @param delay by fault injection; zero without
   * @param flag Envoy's response flag: {@code NR} no route, {@code NC} no cluster, {@code UH} no
   *     healthy upstream, {@code FI} injected fault; {@code ""} for a direct response or redirect
   * @param location of a redirect, else {@code ""}
   */
  record Reply(
      TrafficTrace trace, Duration delay, int status, String body, String flag, String location)
      implements TrafficVerdict {
    @Override
    public <T> T fold(
        Function<Forward, T> forward, Function<Reply, T> reply, Function<Reset, T> reset) {
      return reply.apply(this);
    }
  }

  /**
   * The connection is refused or closed.
   *
   * @param reason for people
   */
  record Reset(TrafficTrace trace, String reason) implements TrafficVerdict {
    @Override
    public <T> T fold(
        Function<Forward, T> forward, Function<Reply, T> reply, Function<Reset, T> reset) {
      return reset.apply(this);
    }
  }

  /**
   * Where a call goes.
   *
   * @param address IP address, or a host name of a DNS cluster
   * @param transportSocket name of the transport socket match that the endpoint's metadata chose,
   *     e.g. {@code tlsMode-istio}, or of the cluster's transport socket; {@code ""} for none
   * @param tls whether that is a TLS context
   */
  record Upstream(String address, int port, String transportSocket, boolean tls) {}
}
