package io.mooring.xds.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import io.envoyproxy.envoy.service.discovery.v3.ResourceError;
import io.mooring.xds.resource.ResourceName;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The delta variant: requests change the subscription, responses carry differences. */
final class DeltaTypeSession extends TypeSession {

  private final int maxBytes;

  /** What the client said it has and did not ask for. */
  private final SortedSet<String> orphans = new TreeSet<>();

  private boolean claimed;

  DeltaTypeSession(
      XdsType type, ClientTraits traits, Duration wait, int maxBytes, ContentVersions versions) {
    super(type, traits, wait, versions);
    this.maxBytes = maxBytes;
  }

  /**
   * Takes a request.
   *
   * @param inFull whether to answer the names of a first request even if the client has them
   * @param awaited names that it waits for even if it has them; asked at most once
   */
  void request(DeltaRequest request, boolean inFull, Supplier<Set<String>> awaited, Instant now) {
    if (isFirstRequest()) {
      claim(request.initialVersions());
      if (request.subscribe().isEmpty() && request.unsubscribe().isEmpty()) {
        subscribeToNothing();
      }
      Set<String> waited = claimed ? awaited.get() : Set.of();
      for (String name : subscribed(request)) {
        subscribe(name, !has(name) || inFull || waited.contains(name), now);
      }
      settleClaims(now);
    } else {
      for (String name : subscribed(request)) {
        subscribe(name, true, now);
      }
    }
    for (String name : request.unsubscribe()) {
      unsubscribe(ResourceName.canonical(name), now);
    }
  }

  private void claim(Map<String, String> versions) {
    claimed = !versions.isEmpty();
    versions.forEach((name, version) -> sent.put(ResourceName.canonical(name), version));
    sent.remove("");
  }

  /** Returns whether the client said that it has kept anything from an earlier stream. */
  boolean hasClaimed() {
    return claimed;
  }

  /** Returns whether the client says that it has it, perhaps under its own name, or some of it. */
  private boolean has(String name) {
    if (ResourceName.isGlob(name)) {
      return sent.names().stream()
          .anyMatch(held -> ResourceName.glob(held).filter(name::equals).isPresent());
    }
    Optional<String> version =
        resources().get(type, name).flatMap(it -> Optional.ofNullable(sent.get(it.name())));
    if (version.isPresent() && !sent.has(name)) {
      sent.put(name, version.get());
    }
    return sent.has(name);
  }

  /** What the client has, does not ask for and does not exist any more is told to be gone. */
  private void settleClaims(Instant now) {
    for (String name : subscription.isWildcard() ? Set.<String>of() : sent.names()) {
      if (!subscription.covers(name)) {
        sent.remove(name);
        orphans.add(name);
      }
    }
    compareAll(resources(), now);
  }

  /** A name in both lists is subscribed and unsubscribed again: nothing is left of it. */
  private static Set<String> subscribed(DeltaRequest request) {
    Set<String> names = new LinkedHashSet<>(request.subscribe());
    request.unsubscribe().forEach(names::remove);
    names.remove("");
    return names.stream()
        .map(ResourceName::canonical)
        .collect(Collectors.toCollection(LinkedHashSet::new));
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
      unsubscribed(name, now);
    } else {
      resources().get(type, name).ifPresent(resource -> unsubscribeOtherNames(resource, now));
    }
  }

  /** Clients may call a resource by its name or by any alias, and by another one each time. */
  private void unsubscribeOtherNames(VersionedResource resource, Instant now) {
    if (subscription.remove(resource.name())) {
      unsubscribed(resource.name(), now);
    }
    for (String alias : resource.aliases()) {
      if (subscription.remove(alias)) {
        unsubscribed(alias, now);
      }
    }
  }

  private void unsubscribed(String name, Instant now) {
    if (subscription.includes(name)) {
      owed.add(name); // the client cannot know whether the wildcard still gives it
      compare(name, now);
    } else {
      forget(name);
      if (ResourceName.isGlob(name)) {
        forgetUnwanted();
      }
    }
  }

  @Override
  boolean hasUpdates() {
    return super.hasUpdates() || !orphans.isEmpty();
  }

  @Override
  Optional<Outgoing> compose(NonceSequence nonces, SortedSet<String> removable) {
    Due due = new Due(maxBytes, TypeRules.answersNames(type));
    takeDue(due);
    NavigableSet<String> removed = new TreeSet<>(due.missing());
    orphans.removeIf(subscription::covers);
    orphans.stream().filter(this::isGone).forEach(removed::add);
    orphans.clear();
    for (String name : removable) {
      removed.add(name);
      @Nullable VersionedResource last = vanished(name);
      if (last != null && !subscription.covers(last.name()) && isGone(last.name())) {
        removed.add(last.name()); // was asked for by an alias
      }
    }
    removable.forEach(this::markRemoved);
    due.missing().forEach(this::markRemoved);
    boolean answer = answerOwed;
    answerOwed = false;
    due.errors().stream()
        .filter(DeltaTypeSession::saysGone)
        .map(VersionedResource::name)
        .forEach(removed::add);
    if (due.isEmpty() && removed.isEmpty() && !answer) {
      return Optional.empty();
    }
    return Optional.of(outgoing(nonces, due, removed));
  }

  /** Clients that do not know of errors must not wait for it, or keep it. */
  private static boolean saysGone(VersionedResource error) {
    try {
      int code = ResourceError.parseFrom(error.body().getValue()).getErrorDetail().getCode();
      return code == Code.NOT_FOUND_VALUE || code == Code.PERMISSION_DENIED_VALUE;
    } catch (InvalidProtocolBufferException e) {
      return false; // made by hand, and no error: the client will say so
    }
  }

  private @Nullable VersionedResource vanished(String name) {
    @Nullable Vanished gone = vanished.get(name);
    return gone == null ? null : gone.last();
  }

  private boolean isGone(String name) {
    return !resources().resources(type).containsKey(name);
  }
}
