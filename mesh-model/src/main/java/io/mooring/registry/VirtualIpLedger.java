package io.mooring.registry;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the registry remembers of virtual IPs, and the store behind it, if there is one. Confined to
 * the registry writer.
 */
final class VirtualIpLedger {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceRegistry.class);

  private final @Nullable VirtualIpStore store;
  private Versioned<VirtualIpTable> stored = new Versioned<>(VirtualIpTable.EMPTY, "");
  private VirtualIpTable known = VirtualIpTable.EMPTY;
  private boolean loaded;
  private boolean exhausted;

  VirtualIpLedger(@Nullable VirtualIpStore store) {
    this.store = store;
  }

  /** Returns a ledger without a store. */
  static VirtualIpLedger forgetful() {
    return new VirtualIpLedger(null);
  }

  /** Returns what was given out, by this process or, where it says so first, by another one. */
  VirtualIpTable table() {
    if (!loaded) {
      reload();
    }
    return known;
  }

  /**
   * Remembers what is given out.
   *
   * @return whether that holds; {@code false} if another process was faster: then {@link #table} is
   *     what it has written
   */
  boolean store(VirtualIpTable table) {
    known = table;
    if (store == null) {
      return true;
    }
    try {
      Optional<Versioned<VirtualIpTable>> saved = store.save(table, stored.version());
      if (saved.isEmpty()) {
        return !reload();
      }
      stored = saved.get();
      return true;
    } catch (RuntimeException e) {
      warn(e);
      return true; // in effect all the same: proxies must not wait for a disk
    }
  }

  private boolean reload() {
    try {
      if (store != null) {
        stored = store.load();
        known = stored.value();
      }
      loaded = true;
      return true;
    } catch (RuntimeException e) {
      warn(e);
      return false;
    }
  }

  private static void warn(RuntimeException e) {
    LOG.warn(
        "event=virtual_ips_not_stored hint=\"virtual IPs given out since may differ after a"
            + " restart; tried again with the next change\"",
        e);
  }

  /** Says once that a host got no address because there is none left. */
  void exhausted(VirtualIpPool pool, String host) {
    if (!exhausted) {
      exhausted = true;
      LOG.warn(
          "event=virtual_ips_exhausted ranges=\"{} {}\" host={} hint=\"configure larger ranges, or"
              + " give services addresses of their own\"",
          pool.ipv4Range(),
          pool.ipv6Range(),
          host);
    }
  }
}
