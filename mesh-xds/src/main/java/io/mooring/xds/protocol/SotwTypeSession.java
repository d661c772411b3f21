package io.mooring.xds.protocol;

import io.mooring.xds.resource.ResourceName;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
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
    everNamed |= !request.names().isEmpty(); // an empty name is no wildcard either
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
    if (first && wildcard && names.isEmpty() && request.nonce().isEmpty()) {
      claimedVersion = request.version(); // with a nonce, of another stream, it is no such claim
    }
    if (first || (acknowledgements.rejection().isPresent() && !acknowledgements.isUnanswered())) {
      uses(request.version());
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
    if (claimed && versions.of(all.all()).equals(claim)) {
      hastenHeartbeats();
      return Optional.empty();
    }
    return Optional.of(outgoing(nonces, all, List.of()));
  }

  /**
   * What is not in a response of a type that comes as a whole is gone: a sign of life of one
   * resource comes with all the others.
   */
  @Override
  List<VersionedResource> signsOfLife(List<VersionedResource> due) {
    SortedMap<String, VersionedResource> shown = new TreeMap<>();
    due.forEach(sign -> shown.put(sign.name(), traits.bareSigns() ? sign : whole(sign)));
    if (!TypeRules.isByName(type)) {
      takeAll().resources().forEach(resource -> shown.putIfAbsent(resource.name(), resource));
    }
    return List.copyOf(shown.values());
  }

  private VersionedResource whole(VersionedResource sign) {
    return resources().get(type, sign.name()).orElse(sign);
  }

  /** It would say what the client is to hear later. */
  @Override
  boolean holdsHeartbeats() {
    return hasUpdates() && !(TypeRules.isByName(type) && traits.bareSigns());
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
