package io.mooring.registry;

import io.mooring.service.IpAddress;
import java.util.Map;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Answers what is at an address of a namespace. Immutable; a change shares all but the touched
 * branches.
 *
 * @param <K> what tells the values at one address apart
 * @param <V> what is there
 */
record AddressIndex<K, V>(PMap<Place, PMap<K, V>> valuesByPlace) {

  /** An address within a namespace: two namespaces may use the same one in different networks. */
  record Place(String namespace, String address) {
    static Place of(String namespace, String address) {
      return new Place(namespace, IpAddress.canonical(address));
    }
  }

  static <K, V> AddressIndex<K, V> empty() {
    return new AddressIndex<>(HashTreePMap.empty());
  }

  AddressIndex<K, V> plus(Place place, K key, V value) {
    return new AddressIndex<>(valuesByPlace.plus(place, at(place).plus(key, value)));
  }

  AddressIndex<K, V> minus(Place place, K key) {
    PMap<K, V> left = at(place).minus(key);
    return new AddressIndex<>(
        left.isEmpty() ? valuesByPlace.minus(place) : valuesByPlace.plus(place, left));
  }

  /** Returns what is there, in no particular order. */
  Map<K, V> at(String namespace, String address) {
    return at(Place.of(namespace, address));
  }

  private PMap<K, V> at(Place place) {
    return valuesByPlace.getOrDefault(place, HashTreePMap.<K, V>empty());
  }
}
