package io.mooring.xds.protocol;

import io.mooring.xds.resource.ResourceName;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
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

  SotwTypeSession(
      XdsType type, ClientTraits traits, Duration wait, int maxBytes, ContentVersions versions) {
    super(type, traits, wait, versions);
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
    return due.isEmpty() ? Optional.empty() : Optional.of(outgoing(nonces, due, List.of()));
  }

  private Optional<Outgoing> all(NonceSequence nonces, SortedSet<String> removable) {
    boolean claimed = !claimedVersion.isEmpty() && owed.isEmpty();
    String claim = claimedVersion;
    claimedVersion = "";
    removable.forEach(this::markRemoved);
    owed.clear();
    changed.clear();
    answerOwed = false;
    Due all = takeAll();
    return claimed && versions.of(all.all()).equals(claim)
        ? Optional.empty()
        : Optional.of(outgoing(nonces, all, List.of()));
  }

  /** Returns what exists, and what is gone but may still be referred to; takes it as sent. */
  private Due takeAll() {
    Due all = new Due(Integer.MAX_VALUE, false);
    vanished.forEach((name, gone) -> Optional.ofNullable(gone.last()).ifPresent(into(all, name)));
    if (subscription.isWildcard()) {
      resources()
          .resources(type)
          .keySet()
          .forEach(name -> current(name).ifPresent(into(all, name)));
    }
    for (String name : subscription.names()) {
      if (ResourceName.isGlob(name)) {
        members(name).forEach(member -> current(member).ifPresent(into(all, member)));
      } else {
        current(name).ifPresent(into(all, name));
      }
    }
    return all;
  }

  private Consumer<VersionedResource> into(Due all, String name) {
    return resource -> {
      markSent(name, resource);
      all.add(name, Optional.of(resource));
    };
  }
}
