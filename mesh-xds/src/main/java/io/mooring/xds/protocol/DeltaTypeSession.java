package io.mooring.xds.protocol;

import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The delta variant: requests change the subscription, responses carry differences. */
final class DeltaTypeSession extends TypeSession {

  private final int maxBytes;

  DeltaTypeSession(XdsType type, ClientTraits traits, Duration wait, int maxBytes) {
    super(type, traits, wait);
    this.maxBytes = maxBytes;
  }

  /**
   * Takes a request.
   *
   * @param inFull whether to answer the names of a first request even if the client has them
   * @param awaited names that it waits for even if it has them
   */
  void request(DeltaRequest request, boolean inFull, Set<String> awaited, Instant now) {
    if (isFirstRequest()) {
      sent.putAll(request.initialVersions());
      sent.remove("");
      if (request.subscribe().isEmpty() && request.unsubscribe().isEmpty()) {
        subscribeToNothing();
      }
      for (String name : subscribed(request)) {
        boolean has = request.initialVersions().containsKey(name);
        subscribe(name, !has || inFull || awaited.contains(name), now);
      }
      sent.keySet().removeIf(name -> !subscription.covers(name));
      compareAll(resources(), now);
    } else {
      for (String name : subscribed(request)) {
        subscribe(name, true, now);
      }
    }
    for (String name : request.unsubscribe()) {
      unsubscribe(name, now);
    }
  }

  /** A name in both lists is subscribed and unsubscribed again: nothing is left of it. */
  private static Set<String> subscribed(DeltaRequest request) {
    Set<String> names = new LinkedHashSet<>(request.subscribe());
    names.removeAll(Set.copyOf(request.unsubscribe()));
    names.remove("");
    return names;
  }

  private void subscribeToNothing() {
    if (TypeRules.isByName(type) || !traits.legacyWildcard()) {
      answerOwed = TypeRules.isAnsweredEmpty(type) && traits.legacyWildcard();
    } else {
      subscribeToAll();
    }
  }

  private void subscribeToAll() {
    subscription.setWildcard(true);
    answerOwed = sent.isEmpty() && TypeRules.isAnsweredEmpty(type);
  }

  private void subscribe(String name, boolean owe, Instant now) {
    if (!name.equals(Subscription.WILDCARD)) {
      subscription.add(name);
      if (owe) {
        owed.add(name);
      }
      compare(name, now);
    } else if (subscription.isWildcard()) {
      owed.addAll(resources().resources(type).keySet());
      answerOwed = TypeRules.isAnsweredEmpty(type);
    } else {
      subscribeToAll();
      compareAll(resources(), now);
    }
  }

  private void unsubscribe(String name, Instant now) {
    if (name.equals(Subscription.WILDCARD)) {
      dropWildcard();
      answerOwed = false;
    } else if (subscription.remove(name)) {
      if (subscription.isWildcard()) {
        owed.add(name); // the client cannot know whether the wildcard still gives it
        compare(name, now);
      } else {
        forget(name);
      }
    }
  }

  @Override
  Optional<Outgoing> compose(NonceSequence nonces, SortedSet<String> removable) {
    SortedSet<String> due = new TreeSet<>(owed);
    due.addAll(changed);
    List<VersionedResource> resources = new ArrayList<>();
    SortedSet<String> removed = new TreeSet<>();
    long bytes = 0;
    for (String name : due) {
      Optional<VersionedResource> resource = current(name);
      long size = resource.map(found -> (long) found.body().getSerializedSize()).orElse(0L);
      if (bytes > 0 && bytes + size > maxBytes) {
        break; // the rest stays due
      }
      bytes += size + name.length();
      resource.ifPresentOrElse(resources::add, () -> removed.add(name));
      owed.remove(name);
      changed.remove(name);
    }
    resources.forEach(this::markSent);
    removed.addAll(removable);
    removed.forEach(this::markRemoved);
    boolean answer = answerOwed;
    answerOwed = false;
    if (resources.isEmpty() && removed.isEmpty() && !answer) {
      return Optional.empty();
    }
    return Optional.of(
        new Outgoing(
            type, ContentVersion.of(resources), nonces.next(), resources, List.copyOf(removed)));
  }
}
