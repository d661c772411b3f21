package io.mooring.xds.server;

import io.mooring.xds.protocol.Rejection;
import io.mooring.xds.protocol.TypeState;
import io.mooring.xds.resource.XdsType;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One type on a stream. Immutable.
 *
 * @param type which type
 * @param wildcard whether the client wants everything of it
 * @param sent version of each resource that the client was sent, by name
 * @param acknowledged whether it accepted the newest response
 * @param rejection why it rejected the newest response, in its own words; empty if it did not
 * @param rejected the resources that this response carried; the client may have applied some of
 *     them
 */
public record TypeStatus(
    XdsType type,
    boolean wildcard,
    SortedMap<String, String> sent,
    boolean acknowledged,
    Optional<String> rejection,
    List<String> rejected) {

  public TypeStatus {
    rejected = List.copyOf(rejected);
    sent = Collections.unmodifiableSortedMap(new TreeMap<>(sent));
  }

  static TypeStatus of(TypeState state) {
    return new TypeStatus(
        state.type(),
        state.wildcard(),
        state.sent(),
        state.acknowledged(),
        state.rejection().map(Rejection::message),
        state.rejected());
  }
}
