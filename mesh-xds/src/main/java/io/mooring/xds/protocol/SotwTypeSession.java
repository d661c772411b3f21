package io.mooring.xds.protocol;

import io.mooring.xds.resource.ResourceName;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The state-of-the-world variant: each request names everything that is wanted. Responses of types
 * that are asked for as a whole carry everything that the client should have; those of the others
 * carry what changed.
 */
final class SotwTypeSession extends TypeSession {

  private final int maxBytes;
  private boolean everNamed;
  private String claimedVersion = "";

  SotwTypeSession(XdsType type, ClientTraits traits, Duration wait, int maxBytes) {
    super(type, traits, wait);
    this.maxBytes = maxBytes;
  }

  void request(SotwRequest request, Instant now) {
    SortedSet<String> names =
        request.names().stream()
            .map(ResourceName::canonical)
            .collect(Collectors.toCollection(TreeSet::new));
    names.remove("");
    everNamed |= !names.isEmpty();
    boolean wildcard =
        names.remove(Subscription.WILDCARD)
            || (!everNamed && traits.legacyWildcard() && !TypeRules.isByName(type));
    boolean first = isFirstRequest();
    replaceNames(names, now);
    if (wildcard && !subscription.isWildcard()) {
      subscription.setWildcard(true);
      compareAll(resources(), now);
      answerOwed |= TypeRules.isAnsweredEmpty(type);
    } else if (!wildcard && subscription.isWildcard()) {
      dropWildcard();
      answerOwed = false;
    }
    if (first && wildcard && names.isEmpty()) {
      claimedVersion = request.version();
    }
  }

  private void replaceNames(SortedSet<String> names, Instant now) {
    for (String name : List.copyOf(subscription.names())) {
      if (!names.contains(name)) {
        subscription.remove(name);
        if (subscription.includes(name)) {
          compare(name, now);
        } else {
          forget(name);
          if (ResourceName.isGlob(name)) {
            forgetUnwanted();
          }
        }
      }
    }
    for (String name : names) {
      if (subscription.add(name)) {
        owed.add(name);
        compare(name, now);
      }
    }
  }

  @Override
  Optional<Outgoing> compose(NonceSequence nonces, SortedSet<String> removable) {
    return TypeRules.isByName(type) ? some(nonces, removable) : all(nonces, removable);
  }

  /** There is no word for removal: what is gone is forgotten, and sent when it comes back. */
  private Optional<Outgoing> some(NonceSequence nonces, SortedSet<String> removable) {
    removable.forEach(this::markRemoved);
    answerOwed = false;
    Due due = new Due(maxBytes, false);
    takeDue(due);
    Collection<VersionedResource> resources = due.resources();
    return resources.isEmpty()
        ? Optional.empty()
        : Optional.of(outgoing(nonces, resources, List.of()));
  }

  private Optional<Outgoing> all(NonceSequence nonces, SortedSet<String> removable) {
    boolean claimed = !claimedVersion.isEmpty() && owed.isEmpty();
    String claim = claimedVersion;
    claimedVersion = "";
    removable.forEach(this::markRemoved);
    owed.clear();
    changed.clear();
    answerOwed = false;
    Collection<VersionedResource> resources = takeAll();
    if (claimed && ContentVersion.of(resources).equals(claim)) {
      return Optional.empty();
    }
    return Optional.of(outgoing(nonces, resources, List.of()));
  }

  /** Returns what exists, and what is gone but may still be referred to; takes it as sent. */
  private Collection<VersionedResource> takeAll() {
    SortedMap<String, VersionedResource> all = new TreeMap<>();
    vanished.forEach((name, gone) -> Optional.ofNullable(gone.last()).ifPresent(take(name, all)));
    if (subscription.isWildcard()) {
      resources().resources(type).forEach((name, resource) -> take(name, all).accept(resource));
    }
    for (String name : subscription.names()) {
      if (ResourceName.isGlob(name)) {
        members(name).forEach(member -> current(member).ifPresent(take(member, all)));
      } else {
        current(name).ifPresent(take(name, all));
      }
    }
    return all.values();
  }

  /** One that was asked for under several names comes once. */
  private Consumer<VersionedResource> take(String name, SortedMap<String, VersionedResource> all) {
    return resource -> {
      markSent(name, resource);
      all.put(resource.name(), resource);
    };
  }
}
