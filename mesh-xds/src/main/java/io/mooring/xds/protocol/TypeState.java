package io.mooring.xds.protocol;

import io.mooring.xds.resource.XdsType;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Where one type of a session stands. Immutable.
 *
 * @param wildcard whether the client wants everything
 * @param sent version of each resource that the client was sent, by name
 * @param acknowledged whether the newest response was accepted
 * @param rejection why it was rejected
 * @param rejected the resources that it carried, if it was rejected
 */
public record TypeState(
    XdsType type,
    boolean wildcard,
    SortedMap<String, String> sent,
    boolean acknowledged,
    Optional<Rejection> rejection,
    List<String> rejected) {}
