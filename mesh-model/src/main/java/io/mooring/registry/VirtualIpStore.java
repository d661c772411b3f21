package io.mooring.registry;

import java.util.Optional;

/**
 * Where the virtual IPs of hosts outlive the process. Thread-safe.
 *
 * <p>Replicas may share a store: each write is a compare-and-set, and who comes second takes over
 * what the first has written. The registry calls from its writer before any proxy can hear of a new
 * address, and only when hosts without addresses come or go: a call should take milliseconds.
 *
 * <p>Both methods throw {@link java.io.UncheckedIOException} if the backend fails. The registry
 * then goes on with what it knows, warns, and tries again with the next change.
 */
public interface VirtualIpStore {

  /** Returns what is stored; {@link VirtualIpTable#EMPTY} where nothing ever was. */
  Versioned<VirtualIpTable> load();

  /**
   * Stores a table if the store still holds {@code expectedVersion}.
   *
   * @return the table at its new version; empty, and nothing written, if the store holds another
   */
  Optional<Versioned<VirtualIpTable>> save(VirtualIpTable table, String expectedVersion);
}
