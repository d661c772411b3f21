package io.mooring.xds.protocol;

import io.mooring.xds.resource.ResourceDiff;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One type on one stream: what the client wants, what it was sent, and what differs. Confined to
 * its session.
 */
abstract class TypeSession {

  /**
   * A resource that the client was sent and that exists no longer.
   *
   * @param last its last content; null if it was sent on an earlier stream
   * @param until when its removal waits no longer for those that may refer to it
   */
  record Vanished(@Nullable VersionedResource last, Instant until) {}

  final XdsType type;
  final ClientTraits traits;
  final Subscription subscription = new Subscription();
  final Acknowledgements acknowledgements = new Acknowledgements();

  /** Version of each resource that the client was sent, by name. */
  final SortedMap<String, String> sent = new TreeMap<>();

  /** Names that must be answered, changed or not, present or not. */
  final SortedSet<String> owed = new TreeSet<>();

  /** Names of present resources whose version is not the one that was sent. */
  final SortedSet<String> changed = new TreeSet<>();

  /** What must be taken away, by name. */
  final SortedMap<String, Vanished> vanished = new TreeMap<>();

  /** Whether a response must follow even if there is nothing to put into it. */
  boolean answerOwed;

  private final Duration wait;
  private ResourceSet resources = ResourceSet.unknown();
  private boolean asked;
  private List<VersionedResource> lastChanged = List.of();
  private boolean lastAdded;

  TypeSession(XdsType type, ClientTraits traits, Duration wait) {
    this.type = type;
    this.traits = traits;
    this.wait = wait;
  }

  /** Makes {@code resources} what the client should have. */
  final void offer(ResourceSet offered, Instant now) {
    ResourceSet before = resources;
    resources = offered;
    if (before.isUnknown() || !before.sharesAnswers(type, offered)) {
      compareAll(before, now);
    } else if (!before.shares(type, offered)) {
      for (String name : ResourceDiff.names(type, before, offered)) {
        compare(name, before, now);
      }
    }
  }

  /** Returns whether this is the first call: the first request of the type on its stream. */
  final boolean isFirstRequest() {
    boolean first = !asked;
    asked = true;
    return first;
  }

  /** Returns whether something is to be sent other than removals. */
  final boolean hasUpdates() {
    return answerOwed || !owed.isEmpty() || !changed.isEmpty();
  }

  /** Returns whether the client waits for an answer, rather than is to be told news. */
  final boolean owesAnswer() {
    return answerOwed || !owed.isEmpty();
  }

  final boolean hasRemovals() {
    return !vanished.isEmpty();
  }

  /** Returns whether the client uses what it should have, as far as it says. */
  final boolean isSettled() {
    return !hasUpdates() && !hasRemovals() && acknowledgements.isNewestAccepted();
  }

  /** Returns whether the wait of a removal has ended. */
  final boolean hasExpiredRemovals(Instant now) {
    return vanished.values().stream().anyMatch(gone -> !now.isBefore(gone.until()));
  }

  /** Returns when the next wait of a removal ends. */
  final Optional<Instant> nextDeadline(Instant now) {
    return vanished.values().stream()
        .map(Vanished::until)
        .filter(now::isBefore)
        .min(Instant::compareTo);
  }

  /**
   * Returns the next response, and remembers it as sent; empty if the protocol has no words for the
   * difference, which is settled then.
   *
   * @param removalsDue whether nothing refers any more to what has vanished
   */
  final Optional<Outgoing> next(NonceSequence nonces, boolean removalsDue, Instant now) {
    SortedSet<String> removable = new TreeSet<>();
    vanished.forEach(
        (name, gone) -> {
          if (removalsDue || !now.isBefore(gone.until())) {
            removable.add(name);
          }
        });
    lastChanged = new ArrayList<>();
    lastAdded = false;
    Optional<Outgoing> response = compose(nonces, removable);
    response.ifPresent(
        outgoing ->
            acknowledgements.sent(
                outgoing.nonce(),
                outgoing.resources().stream().map(VersionedResource::name).toList(),
                now));
    return response;
  }

  /** Returns the resources of the last response that the client did not have as they are. */
  final List<VersionedResource> lastChanged() {
    return Collections.unmodifiableList(lastChanged);
  }

  /** Returns whether one of them was not there at all. */
  final boolean hasLastAdded() {
    return lastAdded;
  }

  abstract Optional<Outgoing> compose(NonceSequence nonces, SortedSet<String> removable);

  final ResourceSet resources() {
    return resources;
  }

  /** Returns what the client should have under a name. */
  final Optional<VersionedResource> current(String name) {
    if (subscription.names(name)) {
      return resources.get(type, name);
    }
    return subscription.isWildcard()
        ? Optional.ofNullable(resources.resources(type).get(name))
        : Optional.empty();
  }

  final void markSent(VersionedResource resource) {
    @Nullable String had = sent.put(resource.name(), resource.version());
    if (!resource.version().equals(had)) {
      lastChanged.add(resource);
      lastAdded |= had == null;
    }
  }

  final void markRemoved(String name) {
    sent.remove(name);
    vanished.remove(name);
  }

  /** Forgets a name that the client no longer wants. */
  final void forget(String name) {
    sent.remove(name);
    vanished.remove(name);
    owed.remove(name);
    changed.remove(name);
  }

  final void dropWildcard() {
    subscription.setWildcard(false);
    SortedSet<String> known = new TreeSet<>(sent.keySet());
    known.addAll(changed);
    known.addAll(owed);
    for (String name : known) {
      if (!subscription.names(name)) {
        forget(name);
      }
    }
  }

  final void compareAll(ResourceSet before, Instant now) {
    SortedSet<String> names = new TreeSet<>(subscription.names());
    names.addAll(sent.keySet());
    if (subscription.isWildcard()) {
      names.addAll(resources.resources(type).keySet());
    }
    for (String name : names) {
      compare(name, before, now);
    }
  }

  final void compare(String name, Instant now) {
    compare(name, resources, now);
  }

  private void compare(String name, ResourceSet before, Instant now) {
    if (resources.isUnknown()) {
      return; // nothing may be said yet, least of all that something is gone
    }
    Optional<VersionedResource> current = current(name);
    if (current.isPresent()) {
      vanished.remove(name);
      if (current.get().version().equals(sent.get(name))) {
        changed.remove(name);
      } else {
        changed.add(name);
      }
      return;
    }
    changed.remove(name);
    if (sent.containsKey(name)) {
      vanished.computeIfAbsent(
          name, gone -> new Vanished(before.get(type, gone).orElse(null), now.plus(wait)));
    }
  }

  final TypeState state() {
    return new TypeState(
        type,
        subscription.isWildcard(),
        Collections.unmodifiableSortedMap(new TreeMap<>(sent)),
        acknowledgements.isNewestAccepted(),
        acknowledgements.rejection());
  }
}
