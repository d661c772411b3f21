package io.mooring.xds.protocol;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a client wants of one type: names, everything, or both. Confined to its session. */
final class Subscription {

  static final String WILDCARD = "*";

  private final SortedSet<String> names = new TreeSet<>();
  private boolean wildcard;

  boolean isWildcard() {
    return wildcard;
  }

  void setWildcard(boolean wildcard) {
    this.wildcard = wildcard;
  }

  SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(names);
  }

  boolean names(String name) {
    return names.contains(name);
  }

  boolean covers(String name) {
    return wildcard || names.contains(name);
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
