package io.mooring.xds.protocol;

import io.mooring.xds.resource.XdsType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request of the delta variant. Immutable.
 *
 * @param subscribe names that the client wants from now on, besides those that it wanted before
 * @param unsubscribe names that it wants no longer
 * @param initialVersions version of each resource that it kept from an earlier stream, by name;
 *     counts in the first request of a type alone; not copied, as it may be most of what a proxy
 *     that reconnects costs: who gave it leaves it alone
 */
public record DeltaRequest(
    XdsType type,
    List<String> subscribe,
    List<String> unsubscribe,
    Map<String, String> initialVersions,
    String nonce,
    Optional<Rejection> rejection)
    implements Request {

  public DeltaRequest {
    subscribe = List.copyOf(subscribe);
    unsubscribe = List.copyOf(unsubscribe);
    initialVersions = Collections.unmodifiableMap(initialVersions);
  }
}
