package io.mooring.xds.protocol;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.mooring.testkit.FakeClock;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A session, its clock, and short words for what clients and providers do. */
final class SessionFixture {

  static final Duration WAIT = Duration.ofSeconds(5);
  private static final Map<XdsType, String> SHORT_NAMES =
      Map.of(
          XdsType.CLUSTER, "CDS",
          XdsType.ENDPOINT, "EDS",
          XdsType.LISTENER, "LDS",
          XdsType.ROUTE, "RDS",
          XdsType.SECRET, "SDS",
          XdsType.VIRTUAL_HOST, "VHDS");

  final FakeClock clock = new FakeClock();
  final AdsSession session;

  SessionFixture(ClientTraits traits) {
    this(traits, 1 << 20);
  }

  SessionFixture(ClientTraits traits, int maxResponseBytes) {
    session = new AdsSession(traits, WAIT, maxResponseBytes);
  }

  static VersionedResource cluster(String name, int revision) {
    return VersionedResource.of(
        name,
        Cluster.newBuilder()
            .setName(name)
            .setType(Cluster.DiscoveryType.EDS)
            .setAltStatName("r" + revision)
            .build());
  }

  static VersionedResource endpoints(String name, int revision) {
    return VersionedResource.of(
        name,
        ClusterLoadAssignment.newBuilder()
            .setClusterName(name)
            .addEndpoints(
                io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints.newBuilder()
                    .setPriority(revision))
            .build());
  }

  static VersionedResource listener(String name, int revision) {
    return VersionedResource.of(
        name, Listener.newBuilder().setName(name).setStatPrefix("r" + revision).build());
  }

  static VersionedResource route(String name, int revision) {
    return VersionedResource.of(
        name,
        RouteConfiguration.newBuilder()
            .setName(name)
            .addInternalOnlyHeaders("r" + revision)
            .build());
  }

  static ResourceSet clusters(String... names) {
    ResourceSet set = ResourceSet.empty();
    for (String name : names) {
      set = set.with(XdsType.CLUSTER, cluster(name, 1));
    }
    return set;
  }

  static ResourceSet endpointSet(String... names) {
    ResourceSet set = ResourceSet.empty();
    for (String name : names) {
      set = set.with(XdsType.ENDPOINT, endpoints(name, 1));
    }
    return set;
  }

  Instant now() {
    return clock.instant();
  }

  SessionFixture offer(ResourceSet set) {
    session.offer(set, now());
    return this;
  }

  Receipt sotw(XdsType type, String version, String nonce, String... names) {
    return session.request(
        new SotwRequest(type, List.of(names), version, nonce, Optional.empty()), now());
  }

  Receipt sotwNack(XdsType type, String version, String nonce, String... names) {
    return session.request(
        new SotwRequest(
            type, List.of(names), version, nonce, Optional.of(new Rejection(13, "bad"))),
        now());
  }

  Receipt subscribe(XdsType type, String... names) {
    return session.request(
        new DeltaRequest(type, List.of(names), List.of(), Map.of(), "", Optional.empty()), now());
  }

  Receipt unsubscribe(XdsType type, String... names) {
    return session.request(
        new DeltaRequest(type, List.of(), List.of(names), Map.of(), "", Optional.empty()), now());
  }

  Receipt resume(XdsType type, Map<String, String> versions, String... names) {
    return session.request(
        new DeltaRequest(type, List.of(names), List.of(), versions, "", Optional.empty()), now());
  }

  Receipt ack(XdsType type, String nonce) {
    return session.request(
        new DeltaRequest(type, List.of(), List.of(), Map.of(), nonce, Optional.empty()), now());
  }

  Receipt nack(XdsType type, String nonce) {
    return session.request(
        new DeltaRequest(
            type, List.of(), List.of(), Map.of(), nonce, Optional.of(new Rejection(13, "bad"))),
        now());
  }

  /** Returns everything that the session sends now. */
  List<Outgoing> drain() {
    List<Outgoing> responses = new ArrayList<>();
    for (Optional<Outgoing> next = session.next(now());
        next.isPresent();
        next = session.next(now())) {
      responses.add(next.get());
    }
    return responses;
  }

  /** As {@link #drain}, each as {@code CDS a b -c}: names sent, and removed with a minus. */
  List<String> sent() {
    return drain().stream().map(SessionFixture::text).toList();
  }

  /** As {@link #sent}, with every response acknowledged at once, in order. */
  List<String> sentAndAcknowledged() {
    List<String> sent = new ArrayList<>();
    for (Optional<Outgoing> next = session.next(now());
        next.isPresent();
        next = session.next(now())) {
      sent.add(text(next.get()));
      ack(next.get().type(), next.get().nonce());
    }
    return sent;
  }

  static String text(Outgoing response) {
    StringBuilder text =
        new StringBuilder(SHORT_NAMES.getOrDefault(response.type(), response.type().typeUrl()));
    response.resources().forEach(resource -> text.append(' ').append(resource.name()));
    response.removed().forEach(name -> text.append(" -").append(name));
    return text.toString();
  }
}
