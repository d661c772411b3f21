package io.mooring.registry;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which virtual IPs were allocated to which hosts. Immutable.
 *
 * @param leasesByHost by lower-case host
 */
public record VirtualIpTable(SortedMap<String, Lease> leasesByHost) {

  /** Nothing was ever allocated. */
  public static final VirtualIpTable EMPTY = new VirtualIpTable(new TreeMap<>());

  public VirtualIpTable {
    leasesByHost = Collections.unmodifiableSortedMap(new TreeMap<>(leasesByHost));
  }

  /** Returns the table with these leases. */
  public static VirtualIpTable of(Map<String, Lease> leasesByHost) {
    return new VirtualIpTable(new TreeMap<>(leasesByHost));
  }

  /**
   * The addresses of one host. Immutable.
   *
   * @param addresses one of each family; those that another mesh implementation recorded as it did
   * @param released since when no object needs them; from then they are in quarantine
   */
  public record Lease(List<String> addresses, Optional<Instant> released) {
    public Lease {
      addresses = List.copyOf(addresses);
      requireNonNull(released, "released");
    }
  }
}
