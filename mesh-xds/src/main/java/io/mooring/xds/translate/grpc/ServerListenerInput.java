package io.mooring.xds.translate.grpc;

import io.mooring.model.spiffe.TrustDomain;
import java.util.List;
import java.util.Optional;

/**
 * All that the listeners of one server port are made of. Immutable.
 *
 * @param port the port on the workload
 * @param addresses IPs of the workload
 * @param provider where certificates come from, for mTLS; absent: connections are in clear text
 * @param trustDomain what a client's SPIFFE ID must belong to, with mTLS
 */
public record ServerListenerInput(
    int port, List<String> addresses, Optional<String> provider, TrustDomain trustDomain) {

  public ServerListenerInput {
    addresses = List.copyOf(addresses);
  }
}
