package io.mooring.xds.server;

import static java.util.Objects.requireNonNull;

import io.grpc.Context;
import io.mooring.model.spiffe.SpiffeId;
import java.time.Instant;
import java.util.Optional;

/**
 * Who is at the other end of the connection, as TLS proved it. Immutable.
 *
 * @param spiffeId empty if the peer showed no certificate
 * @param notAfter when the peer's certificate ends; empty if it showed none
 */
public record PeerIdentity(Optional<SpiffeId> spiffeId, Optional<Instant> notAfter) {

  /** A peer without a certificate, e.g. on a plaintext port. */
  public static final PeerIdentity ANONYMOUS = new PeerIdentity(Optional.empty(), Optional.empty());

  /** Where {@link PeerIdentityInterceptor} leaves it; {@link #ANONYMOUS} without interceptor. */
  public static final Context.Key<PeerIdentity> CONTEXT_KEY =
      Context.keyWithDefault("mooring-peer-identity", ANONYMOUS);

  public PeerIdentity {
    requireNonNull(spiffeId, "spiffeId");
    requireNonNull(notAfter, "notAfter");
  }

  /** Returns the identity of a peer whose certificate has this ID and ends then. */
  public static PeerIdentity of(SpiffeId spiffeId, Instant notAfter) {
    return new PeerIdentity(Optional.of(spiffeId), Optional.of(notAfter));
  }

  /** Returns the identity of the peer of the current call. */
  public static PeerIdentity current() {
    return CONTEXT_KEY.get();
  }
}
