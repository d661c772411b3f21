package io.mooring.xds.protocol;

import io.mooring.xds.resource.ResourceDiff;
import io.mooring.xds.resource.ResourceName;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  final XdsType type;

  /** Types that may refer to this one. */
  final Set<XdsType> referrers;

  final boolean namesClusters;
  final ClientTraits traits;
  final Subscription subscription = new Subscription();
  final Acknowledgements acknowledgements = new Acknowledgements();

  final SentVersions sent = new SentVersions();

  /** Names that must be answered, changed or not, present or not. */
  final SortedSet<String> owed = new TreeSet<>();

  /** Names of present resources whose version is not the one that was sent. */
  final SortedSet<String> changed = new TreeSet<>();

  /** What must be taken away, by name. */
  final SortedMap<String, Vanished> vanished = new TreeMap<>();

  /** Whether a response must follow even if there is nothing to put into it. */
  boolean answerOwed;

  final ContentVersions versions;

  private final Duration wait;
  private final Heartbeats heartbeats = new Heartbeats();
  private ResourceSet resources = ResourceSet.unknown();
  private boolean labelTaken;
  private String lastVersion = "";
  private Instant sendingAt = Instant.MIN;
  private boolean asked;
  private List<VersionedResource> lastChanged = List.of();
  private boolean lastAdded;

  TypeSession(XdsType type, ClientTraits traits, Duration wait, ContentVersions versions) {
    this.type = type;
    this.referrers = TypeRules.referrers(type);
    this.namesClusters = TypeRules.namesClusters(type);
    this.traits = traits;
    this.wait = wait;
    this.versions = versions;
  }

  /** Makes {@code resources} what the client should have. */
  final void offer(ResourceSet offered, Instant now) {
    ResourceSet before = resources;
    resources = offered;
    boolean relabelled = !before.label(type).equals(offered.label(type));
    labelTaken &= !relabelled;
    if (before.isUnknown() || !before.sharesAnswers(type, offered)) {
      compareAll(before, now);
    } else if (!before.shares(type, offered)) {
      for (String name : ResourceDiff.names(type, before, offered)) {
        labelTaken |= !relabelled;
        compare(name, before, now);
        compareAliases(before.resources(type).get(name), before, now);
        compareAliases(offered.resources(type).get(name), before, now);
      }
    }
  }

  private void compareAliases(
      @Nullable VersionedResource resource, ResourceSet before, Instant now) {
    if (resource != null) {
      resource.aliases().stream()
          .filter(subscription::names)
          .forEach(alias -> compare(alias, before, now));
    }
  }

  /** Returns whether this is the first call: the first request of the type on its stream. */
  final boolean isFirstRequest() {
    boolean first = !asked;
    asked = true;
    return first;
  }

  /** Returns whether something is to be sent other than removals. */
  boolean hasUpdates() {
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

  /** Returns whether the wait of a removal had ended at a time. */
  final boolean hasExpiredRemovals(Instant time) {
    return vanished.values().stream().anyMatch(gone -> gone.hasEnded(time));
  }

  /**
   * Returns when the next wait of a removal ends, or the next sign of life is due; {@link
   * Instant#MAX} if nothing waits.
   */
  final Instant nextDeadline(Instant now) {
    Instant first = heartbeats.next();
    for (Vanished gone : vanished.values()) {
      if (now.isBefore(gone.until()) && gone.until().isBefore(first)) {
        first = gone.until();
      }
    }
    return first;
  }

  final boolean hasHeartbeats(Instant now) {
    return heartbeats.isDue(now);
  }

  /** Returns the signs of life that are due: resources without their bodies. */
  final Outgoing nextHeartbeats(NonceSequence nonces, Instant now) {
    Outgoing signs =
        new Outgoing(
            type,
            lastVersion,
            nonces.next(),
            List.copyOf(heartbeats.take(now)),
            List.of(),
            List.of());
    noteSent(signs, now);
    return signs;
  }

  /** Takes note of an answer that rejected these resources. */
  final void rejected(List<String> names) {
    heartbeats.rejected(names);
  }

  /**
   * Returns the next response, and remembers it as sent; empty if the protocol has no words for the
   * difference, which is settled then.
   *
   * @param removalsDue whether nothing refers any more to what has vanished
   * @param waitsEndedBy what has vanished goes out in any case if its wait ended by then
   */
  final Optional<Outgoing> next(
      NonceSequence nonces, boolean removalsDue, Instant waitsEndedBy, Instant now) {
    SortedSet<String> removable = new TreeSet<>();
    vanished.forEach(
        (name, gone) -> {
          if (removalsDue || gone.hasEnded(waitsEndedBy)) {
            removable.add(name);
          }
        });
    lastChanged = new ArrayList<>();
    lastAdded = false;
    sendingAt = now;
    Optional<Outgoing> response = compose(nonces, removable);
    response.ifPresent(outgoing -> noteSent(outgoing, now));
    if (!hasUpdates()) {
      sent.share(resources.resources(type));
    }
    return response;
  }

  /** Forgets what only the sender of the last response needed. */
  final void forgetLast() {
    lastChanged = List.of();
  }

  private void noteSent(Outgoing outgoing, Instant now) {
    lastVersion = outgoing.version();
    List<String> names = new ArrayList<>(outgoing.resources().size());
    outgoing.resources().forEach(resource -> names.add(resource.name()));
    acknowledgements.sent(outgoing.nonce(), names, now);
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
    return subscription.includes(name)
        ? Optional.ofNullable(resources.resources(type).get(name)).filter(each -> !each.isError())
        : Optional.empty();
  }

  /** Returns the names of the resources that a collection has. */
  final Set<String> members(String glob) {
    String prefix = glob.substring(0, glob.lastIndexOf("/*") + 1);
    Set<String> members = new TreeSet<>();
    for (String name : resources.resources(type).tailMap(prefix).keySet()) {
      if (!name.startsWith(prefix)) {
        break;
      }
      if (ResourceName.glob(name).filter(glob::equals).isPresent()) {
        members.add(name);
      }
    }
    return members;
  }

  /** Puts what there is of the names that are due into the response, and takes it as sent. */
  final void takeDue(Due due) {
    for (String name : List.copyOf(owed)) {
      Set<String> members = ResourceName.isGlob(name) ? members(name) : Set.of();
      if (!members.isEmpty()) {
        owed.remove(name);
        owed.addAll(members);
      }
    }
    SortedSet<String> names = new TreeSet<>(owed);
    names.addAll(changed);
    for (String name : names) {
      Optional<VersionedResource> resource = current(name);
      if (!due.add(name, resource)) {
        break; // the rest stays due
      }
      resource.ifPresent(found -> markSent(name, found));
      owed.remove(name);
      changed.remove(name);
    }
  }

  final void markSent(String name, VersionedResource resource) {
    @Nullable String had = sent.put(name, resource.version());
    if (!resource.version().equals(had) && !resource.isError()) {
      lastChanged.add(resource);
      lastAdded |= had == null;
    }
    if (traits.ttl()) {
      heartbeats.start(name, resource, sendingAt);
    }
  }

  final void markRemoved(String name) {
    sent.remove(name);
    vanished.remove(name);
    heartbeats.stop(name);
  }

  /** Returns the response that carries what is due. */
  final Outgoing outgoing(NonceSequence nonces, Due due, Collection<String> removed) {
    List<VersionedResource> shown = new ArrayList<>(due.resources());
    if (!traits.ttl()) {
      shown.replaceAll(each -> each.ttl().isEmpty() ? each : each.withoutTtl());
    }
    return new Outgoing(
        type,
        version(due.all()),
        nonces.next(),
        shown,
        List.copyOf(removed),
        List.copyOf(due.errors()));
  }

  private String version(List<VersionedResource> all) {
    String label = resources.label(type);
    if (label.isEmpty()) {
      return versions.of(all);
    }
    return labelTaken ? label + "+" + versions.of(all) : label;
  }

  /** Forgets a name that the client no longer wants. */
  final void forget(String name) {
    markRemoved(name);
    owed.remove(name);
    changed.remove(name);
  }

  final void dropWildcard() {
    subscription.setWildcard(false);
    forgetUnwanted();
  }

  /** Forgets all that the subscription gives no longer. */
  final void forgetUnwanted() {
    Set<String> known = sent.names();
    known.addAll(changed);
    known.addAll(owed);
    for (String name : known) {
      if (!subscription.covers(name)) {
        forget(name);
      }
    }
  }

  final void compareAll(ResourceSet before, Instant now) {
    if (resources.isUnknown()) {
      return; // nothing may be said yet, least of all that something is gone
    }
    SortedMap<String, VersionedResource> all = resources.resources(type);
    sent.share(all);
    if (sent.shares(all) && !traits.ttl()) { // as of every client that comes back up to date
      Set<String> suspects = sent.unlike();
      suspects.addAll(changed);
      suspects.addAll(vanished.keySet());
      suspects.addAll(subscription.names());
      suspects.forEach(name -> compare(name, before, now));
      return;
    }
    boolean wildcard = subscription.isWildcard();
    if (wildcard) {
      all.forEach(
          (name, resource) ->
              compare(
                  name, resource.isError() ? current(name) : Optional.of(resource), before, now));
    } else {
      subscription.names().stream()
          .filter(ResourceName::isGlob)
          .forEach(glob -> members(glob).forEach(name -> compare(name, before, now)));
    }
    Set<String> others = sent.names();
    others.addAll(subscription.names());
    others.removeIf(name -> wildcard && all.containsKey(name));
    others.forEach(name -> compare(name, before, now));
  }

  final void compare(String name, Instant now) {
    compare(name, resources, now);
  }

  private void compare(String name, ResourceSet before, Instant now) {
    if (resources.isUnknown()) {
      return; // nothing may be said yet, least of all that something is gone
    }
    compare(name, current(name), before, now);
  }

  private void compare(
      String name, Optional<VersionedResource> current, ResourceSet before, Instant now) {
    if (current.isPresent()) {
      vanished.remove(name);
      if (current.get().version().equals(sent.get(name))) {
        changed.remove(name);
        if (traits.ttl()) {
          heartbeats.resume(name, current.get(), now);
        }
      } else {
        changed.add(name);
      }
      return;
    }
    changed.remove(name);
    if (sent.has(name)) {
      vanished.computeIfAbsent(
          name, gone -> new Vanished(before.get(type, gone).orElse(null), now.plus(wait)));
    }
  }

  final TypeState state() {
    return new TypeState(
        type,
        subscription.isWildcard(),
        sent.byName(),
        acknowledgements.isNewestAccepted(),
        acknowledgements.rejection(),
        acknowledgements.rejectedNames());
  }
}
