package io.mooring.xds.server;

import static java.util.Objects.requireNonNull;

import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import io.mooring.model.spiffe.SpiffeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * Who is at the other end of the connection, as TLS proved it. Immutable.
 *
 * @param spiffeId empty if the peer showed no certificate
 * @param notAfter when the peer's certificate ends; empty if it showed none
 * @param address where the connection comes from; empty where that is no IP, or unknown
 */
public record PeerIdentity(
    Optional<SpiffeId> spiffeId, Optional<Instant> notAfter, Optional<InetAddress> address) {

  /** A peer without a certificate, e.g. on a plaintext port. */
  public static final PeerIdentity ANONYMOUS =
      new PeerIdentity(Optional.empty(), Optional.empty(), Optional.empty());

  /** Where {@link PeerIdentityInterceptor} leaves it; {@link #ANONYMOUS} without interceptor. */
  public static final Context.Key<PeerIdentity> CONTEXT_KEY =
      Context.keyWithDefault("mooring-peer-identity", ANONYMOUS);

  public PeerIdentity {
    requireNonNull(spiffeId, "spiffeId");
    requireNonNull(notAfter, "notAfter");
    requireNonNull(address, "address");
  }

  /** Returns the identity of a peer whose certificate has this ID and ends then. */
  public static PeerIdentity of(SpiffeId spiffeId, Instant notAfter) {
    return new PeerIdentity(Optional.of(spiffeId), Optional.of(notAfter), Optional.empty());
  }

  /** Returns this identity at the address that {@code call} comes from, if that is an IP. */
  PeerIdentity at(ServerCall<?, ?> call) {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
                instanceof InetSocketAddress from
            && from.getAddress() != null
        ? new PeerIdentity(spiffeId, notAfter, Optional.of(from.getAddress()))
        : this;
  }

  /** Returns the identity of the peer of the current call. */
  public static PeerIdentity current() {
    return CONTEXT_KEY.get();
  }
}
