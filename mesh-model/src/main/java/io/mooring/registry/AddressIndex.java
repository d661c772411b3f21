package io.mooring.registry;

import io.mooring.service.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Answers what is at an address of a namespace. Immutable; a change shares all but the touched
 * branches.
 *
 * @param <K> what tells the values at one address apart
 * @param <V> what is there
 */
record AddressIndex<K extends Comparable<K>, V>(TreePMap<Place, TreePMap<K, V>> valuesByPlace) {

  /** An address within a namespace: two namespaces may use the same one in different networks. */
  record Place(int hash, String namespace, String address) implements Comparable<Place> {

    static Place of(String namespace, String address) {
      String canonical = IpAddress.canonical(address);
      int hash = 0x9E3779B9 * namespace.hashCode() + canonical.hashCode(); // as in ConfigKey
      return new Place(hash, namespace, canonical);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    /** By hash: any order does, and this one looks at no text but to tell the last few apart. */
    @Override
    public int compareTo(Place other) {
      int order = Integer.compare(hash, other.hash);
      if (order == 0) {
        order = address.compareTo(other.address);
      }
      return order == 0 ? namespace.compareTo(other.namespace) : order;
    }
  }

  /**
   * That a value came to a place or left it.
   *
   * @param value null: it left
   */
  record Change<K, V>(Place place, K key, @Nullable V value) {}

  static <K extends Comparable<K>, V> AddressIndex<K, V> empty() {
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
    List<Map.Entry<Place, @Nullable TreePMap<K, V>>> places = new ArrayList<>(sorted.size());
    for (int from = 0, to; from < sorted.size(); from = to) {
      Place place = sorted.get(from).place();
      TreePMap<K, V> values = at(place);
      for (to = from; to < sorted.size() && sorted.get(to).place().equals(place); to++) {
        Change<K, V> change = sorted.get(to);
        values =
            change.value() == null
                ? values.minus(change.key())
                : values.plus(change.key(), change.value());
      }
      places.add(SortedEntries.change(place, values.isEmpty() ? null : values));
    }
    return new AddressIndex<>(SortedEntries.after(valuesByPlace, places));
  }

  AddressIndex<K, V> plus(Place place, K key, V value) {
    return new AddressIndex<>(valuesByPlace.plus(place, at(place).plus(key, value)));
  }

  AddressIndex<K, V> minus(Place place, K key) {
    TreePMap<K, V> left = at(place).minus(key);
    return new AddressIndex<>(
        left.isEmpty() ? valuesByPlace.minus(place) : valuesByPlace.plus(place, left));
  }

  /** Returns what is there. */
  Map<K, V> at(String namespace, String address) {
    return at(Place.of(namespace, address));
  }

  private TreePMap<K, V> at(Place place) {
    return valuesByPlace.getOrDefault(place, TreePMap.<K, V>empty());
  }
}
