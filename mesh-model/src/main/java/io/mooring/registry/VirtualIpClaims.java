package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.service.Age;
import io.mooring.service.IpAddress;
import io.mooring.service.ServiceDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which hosts ask for a virtual IP, and which addresses objects ask for by themselves.
 * Confined to the registry writer.
 */
final class VirtualIpClaims {

  private final VirtualIpPool pool;
  private final Map<String, SortedMap<ConfigKey, Claim>> claimsByHost = new HashMap<>();
  private final Map<String, NavigableSet<ConfigKey>> ownersByAddress = new HashMap<>();
  private final Map<String, NavigableSet<ConfigKey>> ownersByBlock = new TreeMap<>();

  private boolean touched;

  VirtualIpClaims(VirtualIpPool pool) {
    this.pool = pool;
  }

  /** That an object wants a virtual IP for a host; ordered oldest first. */
  record Claim(Age age, ConfigKey object, List<String> recorded) implements Comparable<Claim> {
    @Override
    public int compareTo(Claim other) {
      int byAge = age.compareTo(other.age);
      return byAge != 0 ? byAge : object.compareTo(other.object);
    }
  }

  /** Returns whether the definition asks for a virtual IP. */
  boolean add(ConfigKey object, ServiceDefinition definition) {
    if (definition.wantsVirtualIp()) {
      touched = true;
      claimsByHost
          .computeIfAbsent(definition.service().host(), host -> new TreeMap<>())
          .put(object, new Claim(definition.age(), object, definition.recordedVirtualIps()));
    }
    return definition.wantsVirtualIp();
  }

  /** Returns whether the definition asked for a virtual IP. */
  boolean remove(ConfigKey object, ServiceDefinition definition) {
    claimsByHost.computeIfPresent(
        definition.service().host(),
        (host, claims) -> {
          touched |= claims.remove(object) != null;
          return claims.isEmpty() ? null : claims;
        });
    return definition.wantsVirtualIp();
  }

  /** Returns whether a claim came, or one or an address went, since this was asked last. */
  boolean wereTouched() {
    boolean were = touched;
    touched = false;
    return were;
  }

  /** Returns the claims on a host, oldest first. */
  List<Claim> of(String host) {
    @Nullable SortedMap<ConfigKey, Claim> claims = claimsByHost.get(host);
    return claims == null ? List.of() : claims.values().stream().sorted().toList();
  }

  /** Returns the hosts that ask. */
  Set<String> hosts() {
    return claimsByHost.keySet();
  }

  /**
   * Notes an address or block that an object asks for; returns whether it was nobody's. A block
   * beside the pool takes nothing from anybody: looking through many of those would cost.
   */
  boolean addOwn(String address, ConfigKey object) {
    if (address.indexOf('/') >= 0 && !pool.overlaps(address)) {
      return false;
    }
    Map<String, NavigableSet<ConfigKey>> owners = owners(address);
    boolean isNew = !owners.containsKey(IpAddress.canonical(address));
    owners.computeIfAbsent(IpAddress.canonical(address), it -> new TreeSet<>()).add(object);
    return isNew;
  }

  void removeOwn(String address, ConfigKey object) {
    owners(address)
        .computeIfPresent(
            IpAddress.canonical(address),
            (it, owners) -> {
              touched |= owners.remove(object);
              return owners.isEmpty() ? null : owners;
            });
  }

  private Map<String, NavigableSet<ConfigKey>> owners(String address) {
    return address.indexOf('/') >= 0 ? ownersByBlock : ownersByAddress;
  }

  boolean isOwn(String address) {
    return own(address).isPresent();
  }

  /** Returns an object that asks for the address, or for a block that holds it. */
  Optional<ConfigKey> own(String address) {
    @Nullable NavigableSet<ConfigKey> owners = ownersByAddress.get(IpAddress.canonical(address));
    if (owners != null) {
      return Optional.of(owners.first());
    }
    return ownersByBlock.entrySet().stream()
        .filter(block -> IpAddress.isWithin(address, block.getKey()))
        .map(block -> block.getValue().first())
        .findFirst();
  }
}
