package io.mooring.xds.debug;

import io.grpc.Status;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.xds.server.PeerIdentity;
import java.util.Set;

/**
 * Decides who may ask for the client status, and with it see what every proxy was sent. Asked once
 * a call, before anything is answered; calls overlap.
 */
@FunctionalInterface
public interface ClientStatusAuthorizer {

  /** Lets everybody: only for loopback, and ports that operators alone reach. */
  ClientStatusAuthorizer ANYONE = peer -> {};

  /** Lets nobody: a control plane that is given it does not offer the service at all. */
  ClientStatusAuthorizer NOBODY =
      peer -> {
        throw Status.PERMISSION_DENIED.asRuntimeException();
      };

  /**
   * Returns if the peer may.
   *
   * @throws io.grpc.StatusRuntimeException with which the call is closed otherwise; its description
   *     is sent to the peer
   */
  void authorize(PeerIdentity peer);

  /** Returns what lets peers with one of these identities, and no others. */
  static ClientStatusAuthorizer identities(Set<SpiffeId> readers) {
    Set<SpiffeId> allowed = Set.copyOf(readers);
    return peer -> {
      SpiffeId identity =
          peer.spiffeId()
              .orElseThrow(
                  () ->
                      Status.UNAUTHENTICATED
                          .withDescription("client status: no client certificate (expected: one)")
                          .asRuntimeException());
      if (!allowed.contains(identity)) {
        throw Status.PERMISSION_DENIED
            .withDescription("client status: " + identity + " is not one that may see it")
            .asRuntimeException();
      }
    };
  }
}
