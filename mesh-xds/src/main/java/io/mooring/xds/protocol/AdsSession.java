package io.mooring.xds.protocol;

import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static io.mooring.xds.resource.XdsType.VIRTUAL_HOST;

import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One stream without its transport: requests and resources go in, and {@link #next} says what to
 * send. Confined to its stream: calls must not overlap.
 *
 * <p>Clusters and endpoints go first, then what refers to them, at last removals. After new
 * clusters the rest waits for their acknowledgement, which Envoy gives when they are warm; removals
 * wait for that of everything which may refer to the removed. No wait exceeds the one given.
 */
public final class AdsSession {

  private static final int MAX_TYPES = 64; // of a client that makes up type URLs

  private final Map<XdsType, TypeSession> sessionsByType = new HashMap<>();

  /** The same, in the order in which types are sent. */
  private final List<TypeSession> sessions = new ArrayList<>();

  private final NonceSequence nonces = new NonceSequence();
  private final ClientTraits traits;
  private final Duration wait;
  private final int maxResponseBytes;
  private final ContentVersions versions;

  /**
   * Clusters that a client which has kept others was sent before it asked for endpoints. All that
   * were sent wait for theirs if it has kept none: those are not written down once more, for the
   * client that never asks.
   */
  private final Set<String> awaitingClusters = new HashSet<>();

  private ResourceSet resources = ResourceSet.unknown();
  private @Nullable Instant clustersWarmUntil;

  /**
   * Until then, routes that an Envoy has kept, and not asked for yet, may name what it has kept.
   */
  private @Nullable Instant resumedUntil;

  /**
   * Creates the session of a new stream.
   *
   * @param wait how long anything waits for an acknowledgement
   * @param maxResponseBytes where responses are split, if they can be
   */
  public AdsSession(ClientTraits traits, Duration wait, int maxResponseBytes) {
    this(traits, wait, maxResponseBytes, new ContentVersions());
  }

  /**
   * Creates the session of a new stream beside others.
   *
   * @param wait how long anything waits for an acknowledgement
   * @param maxResponseBytes where responses are split, if they can be
   * @param versions of what it sends; shared with the sessions that are sent the same
   */
  public AdsSession(
      ClientTraits traits, Duration wait, int maxResponseBytes, ContentVersions versions) {
    this.traits = traits;
    this.wait = wait;
    this.maxResponseBytes = maxResponseBytes;
    this.versions = versions;
  }

  /**
   * Takes a request. All requests of a session are of one variant.
   *
   * @return what it says of an earlier response
   */
  public Receipt request(Request request, Instant now) {
    boolean clustersKnown = sessionsByType.containsKey(CLUSTER);
    boolean firstOfType = !sessionsByType.containsKey(request.type());
    @Nullable TypeSession session = sessionFor(request, now);
    if (session == null) {
      return Receipt.NONE;
    }
    Receipt receipt = session.acknowledgements.answer(request, now);
    session.rejected(receipt.names());
    if (request.type().equals(CLUSTER) && !session.acknowledgements.isUnanswered()) {
      clustersWarmUntil = null;
    }
    if (session instanceof DeltaTypeSession delta && request instanceof DeltaRequest asked) {
      boolean endpoints = asked.type().equals(ENDPOINT);
      delta.request(
          asked,
          endpoints && traits.silentWhileWarming() && !clustersKnown,
          endpoints ? this::awaitedEndpoints : Set::of,
          now);
      if (delta.hasClaimed() && resumedUntil == null && traits.silentWhileWarming()) {
        resumedUntil = now.plus(wait);
      }
      if (firstOfType && asked.type().equals(VIRTUAL_HOST) && asked.subscribe().isEmpty()) {
        resources.resources(ROUTE).values().stream()
            .filter(OnDemandHosts::areOf)
            .forEach(route -> delta.owed.add(OnDemandHosts.none(route)));
      }
    } else if (session instanceof SotwTypeSession sotw && request instanceof SotwRequest asked) {
      sotw.request(asked, now);
    } else {
      throw new IllegalArgumentException(
          "request: " + request.getClass().getSimpleName() + " (expected: the session's variant)");
    }
    if (request.type().equals(ENDPOINT)) {
      awaitingClusters.clear();
    }
    return receipt;
  }

  private @Nullable TypeSession sessionFor(Request request, Instant now) {
    XdsType type = request.type();
    @Nullable TypeSession known = sessionsByType.get(type);
    if (known != null || sessionsByType.size() == MAX_TYPES) {
      return known;
    }
    TypeSession created =
        request instanceof DeltaRequest
            ? new DeltaTypeSession(type, traits, wait, maxResponseBytes, versions)
            : new SotwTypeSession(type, traits, wait, maxResponseBytes, versions);
    created.offer(resources, now);
    sessionsByType.put(type, created);
    sessions.add(created);
    sessions.sort(Comparator.comparing(session -> session.type, TypeRules.BY_SENDING_ORDER));
    return created;
  }

  /**
   * Makes {@code offered} what the client should have; {@link ResourceSet#unknown()} is ignored.
   */
  public void offer(ResourceSet offered, Instant now) {
    if (!offered.isUnknown()) {
      resources = offered;
      sessions.forEach(session -> session.offer(offered, now));
    }
  }

  /**
   * Returns the next response, and takes it as sent; empty if there is none, until the next
   * request, offer or {@link #nextDeadline}.
   */
  public Optional<Outgoing> next(Instant now) {
    if (resources.isUnknown()) {
      return Optional.empty();
    }
    for (TypeSession session : sessions) {
      if (session.hasUpdates() && !waitsForClusters(session, now)) {
        Optional<Outgoing> update = next(session, now);
        if (update.isPresent()) {
          return update;
        }
      }
    }
    for (TypeSession session : sessions) {
      if (session.hasRemovals() && !waitsForClusters(session, now)) {
        Optional<Outgoing> removal = nextRemoval(session, now);
        if (removal.isPresent()) {
          return removal;
        }
      }
    }
    for (TypeSession session : sessions) {
      if (session.hasHeartbeats(now)) {
        return Optional.of(session.nextHeartbeats(nonces, now));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns whether {@link #next} would return a response, as far as is known without making it.
   */
  public boolean hasNext(Instant now) {
    return !resources.isUnknown()
        && sessions.stream()
            .anyMatch(
                session ->
                    session.hasHeartbeats(now)
                        || (!waitsForClusters(session, now)
                            && (session.hasUpdates() || removalDue(session, now))));
  }

  /**
   * Returns when the next wait ends after {@code now}, so that {@link #next} may return more; empty
   * if nothing waits.
   */
  public Optional<Instant> nextDeadline(Instant now) {
    @Nullable Instant first = null;
    for (TypeSession session : sessions) {
      Instant own = session.nextDeadline(now);
      Instant next =
          clustersWarmUntil != null
                  && clustersWarmUntil.isBefore(own)
                  && session.hasUpdates()
                  && waitsForClusters(session, now)
              ? clustersWarmUntil
              : own;
      first = first == null || next.isBefore(first) ? next : first;
    }
    return Optional.ofNullable(first).filter(Instant.MAX::isAfter);
  }

  /** Returns how many names are kept because the client said them, of all types. */
  public int keptNames() {
    int names = 0;
    for (TypeSession session : sessions) {
      names += session.keptNames();
    }
    return names;
  }

  /** Returns whether the client accepted all that it should have, as far as it says. */
  public boolean isSettled() {
    for (TypeSession session : sessions) {
      if (!session.isSettled()) {
        return false;
      }
    }
    return true;
  }

  /** Returns where each type stands, in the order in which types are sent. */
  public List<TypeState> state() {
    return sessions.stream().map(TypeSession::state).toList();
  }

  private Optional<Outgoing> nextRemoval(TypeSession session, Instant now) {
    return removalDue(session, now) ? next(session, now) : Optional.empty();
  }

  private boolean removalDue(TypeSession session, Instant now) {
    return session.hasRemovals()
        && (nothingRefersTo(session, now)
            || session.hasExpiredRemovals(waitsEndedBy(session, now)));
  }

  /**
   * Returns by when the wait of a removal must have ended for it to go out: by now; by never while
   * that which leaves the removed waits for clusters itself, which began later than the removal.
   */
  private Instant waitsEndedBy(TypeSession removed, Instant now) {
    for (TypeSession session : sessions) {
      if (removed.referrers.contains(session.type)
          && session.hasUpdates()
          && waitsForClusters(session, now)) {
        return Instant.MIN;
      }
    }
    return now;
  }

  private Optional<Outgoing> next(TypeSession session, Instant now) {
    boolean answer = session.owesAnswer();
    boolean removals = session.hasRemovals();
    Optional<Outgoing> response =
        session.next(
            nonces,
            removals && nothingRefersTo(session, now),
            removals ? waitsEndedBy(session, now) : now,
            now);
    if (response.isPresent() && session.type.equals(CLUSTER)) {
      afterClusters(session, answer, now);
    } else if (response.isPresent() && session.type.equals(ROUTE)) {
      afterRoutes(session.lastChanged());
    }
    session.forgetLast();
    return response;
  }

  /** Other clients than Envoy need not warm what they asked for before they can use the rest. */
  private void afterClusters(TypeSession clusters, boolean answer, Instant now) {
    boolean waiting = clustersWarmUntil != null && now.isBefore(clustersWarmUntil);
    if (!waiting && clusters.hasLastAdded() && (traits.silentWhileWarming() || !answer)) {
      clustersWarmUntil = now.plus(wait); // not prolonged: clusters without end would be for ever
    }
    if (!traits.warmsClusters()) {
      return;
    }
    @Nullable TypeSession endpoints = sessionsByType.get(ENDPOINT);
    for (VersionedResource cluster : clusters.lastChanged()) {
      if (endpoints != null) {
        Optional<String> name = ClusterEndpoints.name(cluster);
        if (name.isPresent() && endpoints.subscription.covers(name.get())) {
          endpoints.owed.add(name.get());
        }
      } else if (hasKept(clusters)) {
        awaitingClusters.add(cluster.name());
      }
    }
  }

  private static boolean hasKept(TypeSession session) {
    return session instanceof DeltaTypeSession delta && delta.hasClaimed();
  }

  /** Returns the endpoints that clusters wait for which were sent before any were asked for. */
  private Set<String> awaitedEndpoints() {
    @Nullable TypeSession clusters = sessionsByType.get(CLUSTER);
    if (clusters == null || !traits.warmsClusters()) {
      return Set.of();
    }
    Map<String, VersionedResource> all = resources.resources(CLUSTER);
    Set<String> names = new HashSet<>();
    for (String cluster : hasKept(clusters) ? awaitingClusters : clusters.sent.names()) {
      Optional.ofNullable(all.get(cluster)).flatMap(ClusterEndpoints::name).ifPresent(names::add);
    }
    return names;
  }

  /** A route configuration that changed clears the virtual hosts which the client had for it. */
  private void afterRoutes(List<VersionedResource> changed) {
    @Nullable TypeSession hosts = sessionsByType.get(VIRTUAL_HOST);
    if (hosts == null) {
      return;
    }
    for (VersionedResource route : changed) {
      boolean wanted = false;
      for (String host : hosts.subscription.names().tailSet(route.name() + "/")) {
        if (!host.startsWith(route.name() + "/")) {
          break;
        }
        wanted |= hosts.owed.add(host);
      }
      if (!wanted && OnDemandHosts.areOf(route)) {
        hosts.owed.add(OnDemandHosts.none(route));
      }
    }
  }

  /**
   * Whether what names clusters must wait until the new ones are warm. A client that is not known
   * to warm them before it asks for the rest gets its answers at once.
   */
  private boolean waitsForClusters(TypeSession session, Instant now) {
    return clustersWarmUntil != null
        && now.isBefore(clustersWarmUntil)
        && session.namesClusters
        && (traits.silentWhileWarming() || !session.owesAnswer());
  }

  private boolean nothingRefersTo(TypeSession removed, Instant now) {
    if (resumedUntil != null
        && now.isBefore(resumedUntil)
        && removed.referrers.contains(ROUTE)
        && !(sessionsByType.containsKey(LISTENER) && sessionsByType.containsKey(ROUTE))) {
      return false;
    }
    for (TypeSession session : sessions) {
      if (removed.referrers.contains(session.type) && !session.isSettled()) {
        return false;
      }
    }
    return true;
  }
}
