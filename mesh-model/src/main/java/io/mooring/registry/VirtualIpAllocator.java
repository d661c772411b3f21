package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.registry.VirtualIpClaims.Claim;
import io.mooring.registry.VirtualIpTable.Lease;
import io.mooring.service.Conflict;
import io.mooring.service.IpAddress;
import io.mooring.service.ServiceDefinition;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives each host that needs one a virtual IP of either family. Confined to the registry writer.
 *
 * <p>Two objects of one host share its addresses, also across namespaces: whichever of them a proxy
 * sees, DNS answers the same (Istio gives each its own: istio/istio#53676). In the order of
 * precedence a host gets
 *
 * <ul>
 *   <li>what the {@code status.addresses} of its oldest object says, so that it keeps the addresses
 *       that Istio gave it;
 *   <li>what it had before, remembered by the store, also after a restart and while in quarantine;
 *   <li>a slot that follows from its name, or the next free one on a path that follows from it: so
 *       replicas without a common store nearly always agree.
 * </ul>
 *
 * An address that an object asks for by itself is nobody else's: a host that had it moves.
 */
final class VirtualIpAllocator {

  private final VirtualIpPool pool;
  private final VirtualIpLedger ledger;
  private final InstantSource clock;
  private final VirtualIpClaims claims;
  private final Map<String, String> hostByAddress = new HashMap<>();
  private final Map<String, Conflict> conflictsByHost = new TreeMap<>();
  private Map<String, Lease> leasesByHost = new HashMap<>();
  private boolean open;
  private boolean modified;

  VirtualIpAllocator(VirtualIpPool pool, VirtualIpLedger ledger, InstantSource clock) {
    this.pool = pool;
    this.ledger = ledger;
    this.clock = clock;
    this.claims = new VirtualIpClaims(pool);
    takeOver(ledger.table());
  }

  /** Returns an allocator that never gives out anything new. */
  static VirtualIpAllocator closed() {
    return new VirtualIpAllocator(
        VirtualIpPool.DEFAULTS, VirtualIpLedger.forgetful(), InstantSource.system());
  }

  /** Returns an allocator that remembers what this one gave out, but not who asked. */
  VirtualIpAllocator restarted() {
    VirtualIpAllocator next = new VirtualIpAllocator(pool, ledger, clock);
    next.open = open;
    return next;
  }

  private void takeOver(VirtualIpTable table) {
    leasesByHost = new HashMap<>(table.leasesByHost());
    hostByAddress.clear();
    table
        .leasesByHost()
        .forEach((host, lease) -> lease.addresses().forEach(it -> occupy(it, host)));
  }

  private void occupy(String address, String host) {
    hostByAddress.put(IpAddress.canonical(address), host);
  }

  private @Nullable String occupant(String address) {
    return hostByAddress.get(IpAddress.canonical(address));
  }

  /** Returns the addresses of a host; empty where nobody asks for any, or none is given yet. */
  List<String> of(String host) {
    @Nullable Lease lease = leasesByHost.get(host);
    return lease == null || lease.released().isPresent() ? List.of() : lease.addresses();
  }

  /** Returns where objects could not have what they had recorded. */
  Collection<Conflict> conflicts() {
    return conflictsByHost.values();
  }

  /**
   * Begins to give out addresses and returns the hosts that get some. Not before every source had
   * its say: what is given first must not depend on which source was faster.
   */
  Set<String> open() {
    open = true;
    Set<String> dirty = new TreeSet<>(claims.hosts());
    dirty.addAll(leasesByHost.keySet());
    return settle(dirty);
  }

  boolean isOpen() {
    return open;
  }

  /** Takes changes of objects in and returns the hosts whose addresses changed. */
  Set<String> update(List<ObjectChange> changes) {
    Set<String> dirty = new TreeSet<>();
    for (ObjectChange change : changes) {
      if (change.older() != null) {
        change.older().definitions().forEach(it -> withdraw(change.key(), it, dirty));
      }
      if (change.newer() != null) {
        change.newer().definitions().forEach(it -> enter(change.key(), it, dirty));
      }
    }
    if (claims.wereTouched()) {
      dirty.addAll(conflictsByHost.keySet()); // what they have recorded may have become free
    }
    return open && !dirty.isEmpty() ? settle(dirty) : Set.of();
  }

  private void withdraw(ConfigKey object, ServiceDefinition definition, Set<String> dirty) {
    definition.service().addresses().forEach(it -> claims.removeOwn(it, object));
    if (claims.remove(object, definition)) {
      dirty.add(definition.service().host());
    }
  }

  private void enter(ConfigKey object, ServiceDefinition definition, Set<String> dirty) {
    for (String address : definition.service().addresses()) {
      if (claims.addOwn(address, object)) {
        dirty.addAll(occupants(address));
      }
    }
    if (claims.add(object, definition)) {
      dirty.add(definition.service().host());
    }
  }

  private Collection<String> occupants(String addressOrBlock) {
    if (addressOrBlock.indexOf('/') < 0) {
      @Nullable String host = occupant(addressOrBlock);
      return host == null ? List.of() : List.of(host);
    }
    return hostByAddress.entrySet().stream()
        .filter(given -> IpAddress.isWithin(given.getKey(), addressOrBlock))
        .map(Map.Entry::getValue)
        .toList();
  }

  private Set<String> settle(Set<String> dirty) {
    Map<String, List<String>> before = new TreeMap<>();
    Set<String> hosts = new TreeSet<>(dirty);
    boolean stored;
    do {
      TreeSet<String> queue = new TreeSet<>(hosts);
      while (!queue.isEmpty()) {
        String host = queue.pollFirst();
        before.putIfAbsent(host, of(host));
        settle(host, queue);
      }
      stored = !modified || store();
      if (!stored) { // another replica was faster: what it gave out stands
        Map<String, Lease> ours = leasesByHost;
        ours.keySet().forEach(host -> before.putIfAbsent(host, of(host)));
        takeOver(ledger.table());
        hosts.addAll(claims.hosts());
        hosts.addAll(leasesByHost.keySet());
        hosts.forEach(host -> before.putIfAbsent(host, List.of()));
      }
    } while (!stored);
    Set<String> changed = new TreeSet<>();
    before.forEach(
        (host, addresses) -> {
          if (!addresses.equals(of(host))) {
            changed.add(host);
          }
        });
    return changed;
  }

  /** Returns whether what was given out holds. */
  private boolean store() {
    Instant now = clock.instant();
    List<String> over =
        leasesByHost.entrySet().stream()
            .filter(entry -> isOver(entry.getValue(), now))
            .map(Map.Entry::getKey)
            .toList();
    over.forEach(host -> giveUp(host, leasesByHost.get(host)));
    modified = false;
    return ledger.store(VirtualIpTable.of(leasesByHost));
  }

  private boolean isOver(Lease lease, Instant now) {
    return lease
        .released()
        .filter(since -> !since.plus(pool.quarantine()).isAfter(now))
        .isPresent();
  }

  private void settle(String host, Set<String> queue) {
    conflictsByHost.remove(host);
    @Nullable Lease held = leasesByHost.get(host);
    List<Claim> asking = claims.of(host);
    if (asking.isEmpty()) {
      if (held != null && held.released().isEmpty()) {
        put(host, new Lease(held.addresses(), Optional.of(clock.instant())));
      }
      return;
    }
    if (takeRecorded(host, asking, queue)) {
      return;
    }
    if (held != null && held.addresses().stream().noneMatch(claims::isOwn)) {
      if (held.released().isPresent()) {
        put(host, new Lease(held.addresses(), Optional.empty()));
      }
      return;
    }
    if (held != null) {
      giveUp(host, held);
      queue.addAll(conflictsByHost.keySet()); // what they have recorded may have become free
    }
    allocate(host);
  }

  /** Takes what the oldest object that recorded something has recorded, if the host may have it. */
  private boolean takeRecorded(String host, List<Claim> asking, Set<String> queue) {
    Optional<Claim> recorded =
        asking.stream().filter(claim -> !claim.recorded().isEmpty()).findFirst();
    if (recorded.isEmpty()) {
      return false;
    }
    Claim claim = recorded.get();
    for (String address : claim.recorded()) {
      Optional<ConfigKey> owner =
          claims.own(address).or(() -> olderClaim(address, host, claim).map(Claim::object));
      if (owner.isPresent()) {
        conflictsByHost.put(host, refused(address, owner.get(), claim));
        return false;
      }
    }
    @Nullable Lease held = leasesByHost.get(host);
    if (held != null && held.equals(new Lease(claim.recorded(), Optional.empty()))) {
      return true;
    }
    giveUp(host, held);
    for (String address : claim.recorded()) {
      @Nullable String other = occupant(address);
      if (other != null && !other.equals(host)) {
        giveUp(other, leasesByHost.get(other));
        queue.add(other);
      }
    }
    give(host, claim.recorded());
    queue.addAll(conflictsByHost.keySet()); // of what was given up, too
    return true;
  }

  /** Returns the claim of another host on the address that is older than {@code claim}. */
  private Optional<Claim> olderClaim(String address, String host, Claim claim) {
    @Nullable String other = occupant(address);
    return other == null || other.equals(host)
        ? Optional.empty()
        : claims.of(other).stream()
            .filter(it -> it.recorded().contains(address) && it.compareTo(claim) < 0)
            .findFirst();
  }

  private static Conflict refused(String address, ConfigKey owner, Claim claim) {
    return new Conflict(
        Conflict.Kind.ALLOCATED_ADDRESS,
        address,
        owner,
        claim.object(),
        "status.addresses: '%s' is the other's (by spec.addresses, or recorded by an older object): another one is allocated"
            .formatted(address));
  }

  private void give(String host, List<String> addresses) {
    put(host, new Lease(addresses, Optional.empty()));
    addresses.forEach(address -> occupy(address, host));
  }

  private void put(String host, Lease lease) {
    leasesByHost.put(host, lease);
    modified = true;
  }

  private void giveUp(String host, @Nullable Lease lease) {
    if (lease != null) {
      leasesByHost.remove(host);
      lease.addresses().forEach(it -> hostByAddress.remove(IpAddress.canonical(it), host));
      modified = true;
    }
  }

  private void allocate(String host) {
    int slots = pool.slots();
    long hash = hash(host);
    int slot = (int) Math.floorMod(hash, (long) slots);
    int stride = (int) (hash >>> 40) | 1; // odd, so that the path visits every slot
    Instant now = clock.instant();
    for (int tried = 0; tried < slots; tried++, slot = (slot + stride) & (slots - 1)) {
      if (VirtualIpPool.isUsable(slot)) {
        List<String> addresses = List.of(pool.ipv4(slot), pool.ipv6(slot));
        if (addresses.stream().allMatch(address -> isFree(address, now))) {
          addresses.forEach(this::evict);
          give(host, addresses);
          return;
        }
      }
    }
    ledger.exhausted(pool, host);
  }

  private boolean isFree(String address, Instant now) {
    if (claims.isOwn(address)) {
      return false;
    }
    @Nullable String host = occupant(address);
    @Nullable Lease lease = host == null ? null : leasesByHost.get(host);
    return lease == null || isOver(lease, now);
  }

  private void evict(String address) {
    @Nullable String host = occupant(address);
    if (host != null) {
      giveUp(host, leasesByHost.get(host));
    }
  }

  /** Not {@code hashCode}: hosts that differ in a digit at the end must not be neighbours. */
  private static long hash(String host) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(host.getBytes(StandardCharsets.UTF_8));
      long hash = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        hash = (hash << 8) | (digest[i] & 0xff);
      }
      return hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
