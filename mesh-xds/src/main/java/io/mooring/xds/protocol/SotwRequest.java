package io.mooring.xds.protocol;

import io.mooring.xds.resource.XdsType;
import java.util.List;
import java.util.Optional;

/**
 * A request of the state-of-the-world variant. Immutable.
 *
 * @param names everything that the client wants from now on
 * @param version the last one that the client accepted, on this stream or an earlier one
 */
public record SotwRequest(
    XdsType type, List<String> names, String version, String nonce, Optional<Rejection> rejection)
    implements Request {

  public SotwRequest {
    names = List.copyOf(names);
  }
}
