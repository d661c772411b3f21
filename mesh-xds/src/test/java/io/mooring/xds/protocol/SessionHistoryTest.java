package io.mooring.xds.protocol;

import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever happened, both variants leave the client with what it should have, and no more; and
 * nothing that it has is sent again.
 */
class SessionHistoryTest {

  private static final List<XdsType> TYPES = List.of(CLUSTER, ENDPOINT, LISTENER, ROUTE);
  private static final Set<XdsType> BY_WILDCARD = Set.of(CLUSTER, LISTENER);
  private static final List<ClientTraits> TRAITS =
      List.of(ClientTraits.ENVOY, ClientTraits.OTHER, ClientTraits.GRPC);

  private enum What {
    PUT,
    REMOVE,
    OFFER,
    SUBSCRIBE,
    UNSUBSCRIBE,
    READ,
    READ_AND_ACCEPT,
    READ_AND_REJECT,
    WAIT,
    RECONNECT
  }

  private record Event(What what, int type, int name, int revision) {}

  @Provide
  Arbitrary<List<Event>> histories() {
    return Combinators.combine(
            Arbitraries.of(What.class),
            Arbitraries.integers().between(0, TYPES.size() - 1),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(1, 2))
        .as(Event::new)
        .list()
        .ofMaxSize(60);
  }

  @Property(tries = 300)
  void bothVariantsEndWithWhatTheClientShouldHave(
      @ForAll("histories") List<Event> history, @ForAll @IntRange(max = 2) int traits) {
    Client delta = new DeltaClient(TRAITS.get(traits));
    Client sotw = new SotwClient(TRAITS.get(traits));
    for (Client client : List.of(delta, sotw)) {
      history.forEach(client::happens);
      client.settle();
      for (XdsType type : TYPES) {
        assertThat(client.present(type)).as("%s %s", client, type).isEqualTo(client.wanted(type));
      }
    }
    for (XdsType type : TYPES) {
      assertThat(sotw.present(type)).isEqualTo(delta.present(type));
    }
    assertThat(delta.held).isEqualTo(delta.everythingWanted()); // removals have words in delta
    for (XdsType type : BY_WILDCARD) {
      assertThat(sotw.held.getOrDefault(type, new TreeMap<>())).isEqualTo(sotw.wanted(type));
    }
  }

  private abstract static class Client {

    private final ClientTraits traits;
    final SortedMap<XdsType, NavigableMap<String, String>> held = new TreeMap<>();
    final Map<XdsType, SortedSet<String>> named = new HashMap<>();
    final Map<XdsType, String> versions = new HashMap<>();
    final List<Outgoing> unanswered = new ArrayList<>();

    /** Version of each resource that came on this stream, or that it was told of at its start. */
    final Map<XdsType, NavigableMap<String, String>> given = new HashMap<>();

    /** The last response of each type on this stream, by name. */
    final Map<XdsType, NavigableMap<String, String>> worlds = new HashMap<>();

    /** Names that were asked for and not answered yet. */
    final Map<XdsType, Set<String>> asked = new HashMap<>();

    SessionFixture stream;
    private ResourceSet target = ResourceSet.empty();

    Client(ClientTraits traits) {
      this.traits = traits;
      stream = new SessionFixture(traits, 60);
      askForEverything();
    }

    abstract void ask(XdsType type);

    /** Fails if the response brings what the client has, and neither asked for nor needs. */
    abstract void checkNews(Outgoing response);

    abstract void change(XdsType type, String name, boolean wanted);

    abstract void answer(Outgoing response, Optional<Rejection> rejection);

    /** Uses the response, or of a rejected one what clients use all the same. */
    abstract void apply(Outgoing response, boolean use);

    void happens(Event event) {
      XdsType type = TYPES.get(event.type());
      String name = "n" + event.name();
      switch (event.what()) {
        case PUT -> target = target.with(type, resource(type, name, event.revision()));
        case REMOVE -> target = target.without(type, name);
        case OFFER -> stream.offer(target);
        case SUBSCRIBE -> subscribe(type, name, true);
        case UNSUBSCRIBE -> subscribe(type, name, false);
        case READ -> read(true);
        case READ_AND_ACCEPT -> {
          read(true);
          answerAll(Optional.empty());
        }
        case READ_AND_REJECT -> {
          answerAll(Optional.empty());
          read(false);
          answerAll(Optional.of(new Rejection(3, "no")));
        }
        case WAIT -> stream.clock.advance(Duration.ofSeconds(event.revision()));
        case RECONNECT -> {
          stream = new SessionFixture(traits, 60);
          unanswered.clear();
          given.clear();
          asked.clear();
          askForEverything();
        }
      }
    }

    private void subscribe(XdsType type, String name, boolean wanted) {
      if (BY_WILDCARD.contains(type)) {
        return;
      }
      boolean changed = wanted ? named(type).add(name) : named(type).remove(name);
      if (changed) {
        if (wanted) {
          asked(type).add(name);
        } else {
          held.getOrDefault(type, new TreeMap<>()).remove(name);
          given(type).remove(name);
          dropEmpty();
        }
        change(type, name, wanted);
      }
    }

    private void askForEverything() {
      TYPES.stream()
          .filter(type -> BY_WILDCARD.contains(type) || !named(type).isEmpty())
          .forEach(this::ask);
    }

    private void read(boolean use) {
      for (Outgoing response : stream.drain()) {
        assertThat(response.resources())
            .extracting(VersionedResource::name)
            .doesNotHaveDuplicates() // row 32
            .noneMatch(response.removed()::contains); // row 107
        checkNews(response);
        for (VersionedResource resource : response.resources()) {
          given(response.type()).put(resource.name(), resource.version());
          asked(response.type()).remove(resource.name());
        }
        response.removed().forEach(given(response.type())::remove);
        apply(response, use);
        unanswered.add(response);
      }
      dropEmpty();
    }

    private void answerAll(Optional<Rejection> rejection) {
      unanswered.forEach(response -> answer(response, rejection));
      unanswered.clear();
    }

    /** Changes everything, as rejected content is not sent again, and lets every wait end. */
    void settle() {
      for (XdsType type : TYPES) {
        for (String name : List.copyOf(target.resources(type).keySet())) {
          target = target.with(type, resource(type, name, 3));
        }
        target = target.with(type, resource(type, "last", 3));
      }
      stream.offer(target);
      for (int round = 0; round < 4; round++) { // a wait a rank, at most
        for (int i = 0; i < 20; i++) {
          read(true);
          answerAll(Optional.empty());
        }
        stream.clock.advance(SessionFixture.WAIT);
      }
      assertThat(stream.drain()).isEmpty();
      assertThat(stream.session.nextDeadline(stream.now())).isEmpty();
    }

    SortedMap<String, String> present(XdsType type) {
      SortedMap<String, String> present = new TreeMap<>(held.getOrDefault(type, new TreeMap<>()));
      present.keySet().retainAll(target.resources(type).keySet());
      return present;
    }

    NavigableMap<String, String> wanted(XdsType type) {
      NavigableMap<String, String> wanted = new TreeMap<>();
      target
          .resources(type)
          .forEach(
              (name, resource) -> {
                if (isWildcard(type) || named(type).contains(name)) {
                  wanted.put(name, resource.version());
                }
              });
      return wanted;
    }

    SortedMap<XdsType, NavigableMap<String, String>> everythingWanted() {
      SortedMap<XdsType, NavigableMap<String, String>> everything = new TreeMap<>();
      for (XdsType type : TYPES) {
        if (!wanted(type).isEmpty()) {
          everything.put(type, wanted(type));
        }
      }
      return everything;
    }

    final SortedSet<String> named(XdsType type) {
      return named.computeIfAbsent(type, absent -> new TreeSet<>());
    }

    final NavigableMap<String, String> given(XdsType type) {
      return given.computeIfAbsent(type, absent -> new TreeMap<>());
    }

    final Set<String> asked(XdsType type) {
      return asked.computeIfAbsent(type, absent -> new TreeSet<>());
    }

    /** Endpoints come with their clusters, changed or not. */
    final void checkEachIsNews(Outgoing response) {
      for (VersionedResource resource : response.resources()) {
        assertThat(
                response.type().equals(ENDPOINT)
                    || asked(response.type()).contains(resource.name())
                    || !resource.version().equals(given(response.type()).get(resource.name())))
            .as("%s: %s is no news", this, resource)
            .isTrue();
      }
    }

    void dropEmpty() {
      held.values().removeIf(Map::isEmpty);
    }

    private boolean isWildcard(XdsType type) {
      return BY_WILDCARD.contains(type) && traits.legacyWildcard();
    }

    private static VersionedResource resource(XdsType type, String name, int revision) {
      if (type.equals(CLUSTER)) {
        return SessionFixture.cluster(name, revision);
      } else if (type.equals(ENDPOINT)) {
        return SessionFixture.endpoints(name, revision);
      }
      return type.equals(LISTENER)
          ? SessionFixture.listener(name, revision)
          : SessionFixture.route(name, revision);
    }
  }

  private static final class DeltaClient extends Client {

    DeltaClient(ClientTraits traits) {
      super(traits);
    }

    @Override
    void checkNews(Outgoing response) {
      checkEachIsNews(response);
    }

    @Override
    void ask(XdsType type) {
      given(type).putAll(held.getOrDefault(type, new TreeMap<>()));
      stream.session.request(
          new DeltaRequest(
              type,
              List.copyOf(named(type)),
              List.of(),
              held.getOrDefault(type, new TreeMap<>()),
              "",
              Optional.empty()),
          stream.now());
    }

    @Override
    void change(XdsType type, String name, boolean wanted) {
      stream.session.request(
          new DeltaRequest(
              type,
              wanted ? List.of(name) : List.of(),
              wanted ? List.of() : List.of(name),
              Map.of(),
              "",
              Optional.empty()),
          stream.now());
    }

    @Override
    void answer(Outgoing response, Optional<Rejection> rejection) {
      stream.session.request(
          new DeltaRequest(
              response.type(), List.of(), List.of(), Map.of(), response.nonce(), rejection),
          stream.now());
    }

    @Override
    void apply(Outgoing response, boolean use) {
      NavigableMap<String, String> of =
          held.computeIfAbsent(response.type(), type -> new TreeMap<>());
      for (VersionedResource resource : response.resources()) {
        if (use
            && (BY_WILDCARD.contains(response.type())
                || named(response.type()).contains(resource.name()))) {
          of.put(resource.name(), resource.version());
        }
      }
      response.removed().forEach(of::remove);
    }

    @Override
    public String toString() {
      return "delta";
    }
  }

  private static final class SotwClient extends Client {

    SotwClient(ClientTraits traits) {
      super(traits);
    }

    @Override
    void checkNews(Outgoing response) {
      if (!BY_WILDCARD.contains(response.type())) {
        checkEachIsNews(response);
        return;
      }
      NavigableMap<String, String> all = new TreeMap<>();
      response.resources().forEach(each -> all.put(each.name(), each.version()));
      assertThat(worlds.put(response.type(), all)).as("%s: no news", response).isNotEqualTo(all);
      given(response.type()).clear();
    }

    @Override
    void ask(XdsType type) {
      worlds.remove(type);
      asked(type).addAll(named(type));
      send(type, "", Optional.empty());
    }

    @Override
    void change(XdsType type, String name, boolean wanted) {
      send(type, nonce(type), Optional.empty());
    }

    @Override
    void answer(Outgoing response, Optional<Rejection> rejection) {
      if (rejection.isEmpty()) {
        versions.put(response.type(), response.version());
      }
      send(response.type(), response.nonce(), rejection);
    }

    private String nonce(XdsType type) {
      return unanswered.stream()
          .filter(response -> response.type().equals(type))
          .reduce((first, last) -> last)
          .map(Outgoing::nonce)
          .orElse("");
    }

    private void send(XdsType type, String nonce, Optional<Rejection> rejection) {
      stream.session.request(
          new SotwRequest(
              type, List.copyOf(named(type)), versions.getOrDefault(type, ""), nonce, rejection),
          stream.now());
    }

    @Override
    void apply(Outgoing response, boolean use) {
      if (!use) {
        return;
      }
      NavigableMap<String, String> of =
          held.computeIfAbsent(response.type(), type -> new TreeMap<>());
      if (BY_WILDCARD.contains(response.type())) {
        of.clear();
      }
      for (VersionedResource resource : response.resources()) {
        if (BY_WILDCARD.contains(response.type())
            || named(response.type()).contains(resource.name())) {
          of.put(resource.name(), resource.version());
        }
      }
    }

    @Override
    public String toString() {
      return "state of the world";
    }
  }
}
