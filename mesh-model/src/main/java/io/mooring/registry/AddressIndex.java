package io.mooring.registry;

import io.mooring.service.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * Answers what is at an address of a namespace. Immutable; a change shares all but the touched
 * branches.
 *
 * @param <K> what tells the values at one address apart
 * @param <V> what is there
 */
record AddressIndex<K, V>(TreePMap<Place, PMap<K, V>> valuesByPlace) {

  /** An address within a namespace: two namespaces may use the same one in different networks. */
  record Place(String namespace, String address) implements Comparable<Place> {

    @Override
    public int hashCode() { // as in ConfigKey
      return 0x9E3779B9 * namespace.hashCode() + address.hashCode();
    }

    @Override
    public int compareTo(Place other) {
      int order = address.compareTo(other.address); // by hand, as in ConfigKey
      return order == 0 ? namespace.compareTo(other.namespace) : order;
    }

    static Place of(String namespace, String address) {
      return new Place(namespace, IpAddress.canonical(address));
    }
  }

  /**
   * That a value came to a place or left it.
   *
   * @param value null: it left
   */
  record Change<K, V>(Place place, K key, @Nullable V value) {}

  static <K, V> AddressIndex<K, V> empty() {
    return new AddressIndex<>(TreePMap.empty());
  }

  /**
   * Returns the index after changes, one after the other. So many that copying their branches costs
   * more than building everything anew, as when a source starts, make it anew.
   */
  AddressIndex<K, V> apply(List<Change<K, V>> changes) {
    if (SortedEntries.isWorthIt(changes.size(), valuesByPlace.size())) {
      return rebuilt(changes);
    }
    AddressIndex<K, V> result = this;
    for (Change<K, V> change : changes) {
      result =
          change.value() == null
              ? result.minus(change.place(), change.key())
              : result.plus(change.place(), change.key(), change.value());
    }
    return result;
  }

  private AddressIndex<K, V> rebuilt(List<Change<K, V>> changes) {
    List<Change<K, V>> sorted = // stable: those of one place stay one after the other
        changes.parallelStream().sorted(Comparator.comparing(Change::place)).toList();
    List<Map.Entry<Place, PMap<K, V>>> all = new ArrayList<>();
    Set<Place> touched = new HashSet<>();
    for (int from = 0, to; from < sorted.size(); from = to) {
      Place place = sorted.get(from).place();
      PMap<K, V> values = at(place);
      for (to = from; to < sorted.size() && sorted.get(to).place().equals(place); to++) {
        Change<K, V> change = sorted.get(to);
        values =
            change.value() == null
                ? values.minus(change.key())
                : values.plus(change.key(), change.value());
      }
      touched.add(place);
      if (!values.isEmpty()) {
        all.add(Map.entry(place, values));
      }
    }
    for (Map.Entry<Place, PMap<K, V>> old : valuesByPlace.entrySet()) {
      if (!touched.contains(old.getKey())) {
        all.add(old);
      }
    }
    return new AddressIndex<>(SortedEntries.toMap(all));
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
