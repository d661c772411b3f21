package io.mooring.xds.protocol;

import io.mooring.xds.resource.ResourceName;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/** What a client wants of one type: names, collections, everything. Confined to its session. */
final class Subscription {

  static final String WILDCARD = "*";

  private final NavigableSet<String> names = new TreeSet<>();
  private boolean wildcard;

  boolean isWildcard() {
    return wildcard;
  }

  void setWildcard(boolean wildcard) {
    this.wildcard = wildcard;
  }

  NavigableSet<String> names() {
    return Collections.unmodifiableNavigableSet(names);
  }

  boolean names(String name) {
    return names.contains(name);
  }

  boolean covers(String name) {
    return names.contains(name) || includes(name);
  }

  /** Returns whether the wildcard or a collection gives a resource of this name, if it exists. */
  boolean includes(String name) {
    return wildcard || ResourceName.glob(name).filter(names::contains).isPresent();
  }

  /** Returns whether it was not there before. */
  boolean add(String name) {
    return names.add(name);
  }

  /** Returns whether it was there. */
  boolean remove(String name) {
    return names.remove(name);
  }
}
