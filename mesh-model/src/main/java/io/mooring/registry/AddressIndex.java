package io.mooring.registry;

import io.mooring.service.IpAddress;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.ServiceKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Answers which endpoints are at an address of a namespace. Immutable; a change shares all but the
 * touched branches.
 */
record AddressIndex(PMap<Place, PMap<Contribution, List<MeshEndpoint>>> contributionsByPlace) {

  static final AddressIndex EMPTY = new AddressIndex(HashTreePMap.empty());

  /** An address within a namespace: two namespaces may use the same one in different networks. */
  private record Place(String namespace, String address) {
    static Place of(MeshEndpoint endpoint) {
      return new Place(endpoint.namespace(), IpAddress.canonical(endpoint.address()));
    }
  }

  /** The endpoints that one workload contributes to one service. */
  record Contribution(ServiceKey service, EndpointPosition position) {}

  /** Returns the index after {@code newer} took the place of {@code older}. */
  AddressIndex replace(Contribution key, List<MeshEndpoint> older, List<MeshEndpoint> newer) {
    PMap<Place, PMap<Contribution, List<MeshEndpoint>>> result = contributionsByPlace;
    if (!older.isEmpty()) {
      Place place = Place.of(older.get(0)); // all endpoints at one workload share its address
      PMap<Contribution, List<MeshEndpoint>> left = at(result, place).minus(key);
      result = left.isEmpty() ? result.minus(place) : result.plus(place, left);
    }
    if (!newer.isEmpty()) {
      Place place = Place.of(newer.get(0));
      result = result.plus(place, at(result, place).plus(key, newer));
    }
    return new AddressIndex(result);
  }

  /** Returns what is there, in no particular order. */
  Collection<Map.Entry<Contribution, List<MeshEndpoint>>> at(String namespace, String address) {
    return at(contributionsByPlace, new Place(namespace, IpAddress.canonical(address))).entrySet();
  }

  private static PMap<Contribution, List<MeshEndpoint>> at(
      PMap<Place, PMap<Contribution, List<MeshEndpoint>>> places, Place place) {
    return places.getOrDefault(place, HashTreePMap.<Contribution, List<MeshEndpoint>>empty());
  }
}
