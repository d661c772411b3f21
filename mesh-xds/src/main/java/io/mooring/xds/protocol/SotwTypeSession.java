package io.mooring.xds.protocol;

import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

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
    SortedSet<String> names = new TreeSet<>(request.names());
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
        if (subscription.isWildcard()) {
          compare(name, now);
        } else {
          forget(name);
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
    SortedSet<String> due = new TreeSet<>(owed);
    due.addAll(changed);
    List<VersionedResource> resources = new ArrayList<>();
    long bytes = 0;
    for (String name : due) {
      Optional<VersionedResource> resource = current(name);
      long size = resource.map(found -> (long) found.body().getSerializedSize()).orElse(0L);
      if (bytes > 0 && bytes + size > maxBytes) {
        break; // the rest stays due
      }
      bytes += size;
      resource.ifPresent(resources::add);
      owed.remove(name);
      changed.remove(name);
    }
    resources.forEach(this::markSent);
    return resources.isEmpty() ? Optional.empty() : Optional.of(outgoing(nonces, resources));
  }

  private Optional<Outgoing> all(NonceSequence nonces, SortedSet<String> removable) {
    boolean claimed = !claimedVersion.isEmpty() && owed.isEmpty();
    String claim = claimedVersion;
    claimedVersion = "";
    removable.forEach(this::markRemoved);
    owed.clear();
    changed.clear();
    answerOwed = false;
    Collection<VersionedResource> resources = wanted();
    resources.forEach(this::markSent);
    if (claimed && ContentVersion.of(resources).equals(claim)) {
      return Optional.empty();
    }
    return Optional.of(outgoing(nonces, resources));
  }

  /** What exists, and what is gone but may still be referred to. */
  private Collection<VersionedResource> wanted() {
    SortedMap<String, VersionedResource> wanted = new TreeMap<>();
    vanished.forEach(
        (name, gone) -> {
          if (gone.last() != null) {
            wanted.put(name, gone.last());
          }
        });
    if (subscription.isWildcard()) {
      wanted.putAll(resources().resources(type));
    }
    for (String name : subscription.names()) {
      current(name).ifPresent(resource -> wanted.put(name, resource));
    }
    return wanted.values();
  }

  private Outgoing outgoing(NonceSequence nonces, Collection<VersionedResource> resources) {
    return new Outgoing(
        type, ContentVersion.of(resources), nonces.next(), List.copyOf(resources), List.of());
  }
}
