package io.mooring.testkit.xds;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Channel;
import io.grpc.Status;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An ADS client that does what a test says: subscribes, accepts or rejects, stops reading,
 * disconnects and comes back with what it kept. Records every response, in order. Thread-safe.
 *
 * <p>It accepts each response at once unless told otherwise. Waits have a deadline and fail with
 * what did come; there is no sleep.
 */
public final class FakeProxy implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final XdsType FENCE =
      new XdsType("type.googleapis.com/io.mooring.testkit.xds.Fence");
  private static final Set<XdsType> COMPLETE_IN_STATE_OF_THE_WORLD =
      Set.of(XdsType.CLUSTER, XdsType.LISTENER, XdsType.SCOPED_ROUTE);

  /** Opens a stream of one variant. */
  private interface Dial {
    ProxyStream open(int number);
  }

  private static final class TypeState {
    private final Set<String> wanted = new TreeSet<>();
    private final NavigableMap<String, Any> resources = new TreeMap<>();
    private final NavigableMap<String, String> versions = new TreeMap<>();
    private String accepted = "";
    private boolean asked;
    private @Nullable String rejection;
  }

  private final boolean delta;
  private final Dial dial;
  private final Map<XdsType, TypeState> states = new TreeMap<>();
  private final List<Received> received = new ArrayList<>();
  private @Nullable ProxyStream stream;
  private @Nullable Status status;
  private int streams;
  private int unread;
  private int fences;
  private boolean stalled;
  private boolean silent;

  private FakeProxy(Channel channel, Node node, boolean delta) {
    requireNonNull(channel, "channel");
    requireNonNull(node, "node");
    this.delta = delta;
    this.dial =
        number ->
            delta
                ? new DeltaProxyStream(number, channel, node, this::take, end -> ended(number, end))
                : new SotwProxyStream(number, channel, node, this::take, end -> ended(number, end));
  }

  /** Connects a proxy that speaks delta. */
  public static FakeProxy delta(Channel channel, Node node) {
    FakeProxy proxy = new FakeProxy(channel, node, true);
    proxy.connect();
    return proxy;
  }

  /** Connects a proxy that speaks state of the world. */
  public static FakeProxy sotw(Channel channel, Node node) {
    FakeProxy proxy = new FakeProxy(channel, node, false);
    proxy.connect();
    return proxy;
  }

  /** Returns a node that says no more than its id. */
  public static Node node(String id) {
    return Node.newBuilder().setId(id).setUserAgentName("fake-proxy").build();
  }

  /** Asks for names besides those that it asked for; none in the first call is the wildcard. */
  public synchronized void subscribe(XdsType type, String... names) {
    TypeState state = state(type);
    List<String> added = Arrays.asList(names);
    state.wanted.addAll(added);
    if (state.asked) {
      open().change(type, added, List.of(), state.wanted);
    } else {
      state.asked = true;
      open().ask(type, state.wanted, Map.of(), "");
    }
  }

  /** Asks for names no longer. */
  public synchronized void unsubscribe(XdsType type, String... names) {
    TypeState state = state(type);
    List<String> dropped = Arrays.asList(names);
    state.wanted.removeAll(Set.copyOf(dropped));
    dropped.forEach(state.resources::remove);
    dropped.forEach(state.versions::remove);
    open().change(type, List.of(), dropped, state.wanted);
  }

  /** Rejects the next response of a type; what it had before stays in use. */
  public synchronized void rejectNext(XdsType type, String message) {
    state(type).rejection = requireNonNull(message, "message");
  }

  /** Neither accepts nor rejects what comes from now on. */
  public synchronized void keepSilent() {
    silent = true;
  }

  /** Accepts a response by hand, after {@link #keepSilent}. */
  public synchronized void acknowledge(Received response) {
    accept(response);
  }

  /** Reads no more, so that the server's buffers fill. */
  public synchronized void stall() {
    stalled = true;
  }

  /** Reads again. */
  public synchronized void resume() {
    stalled = false;
    for (; unread > 0; unread--) {
      if (stream != null) {
        stream.read();
      }
    }
  }

  /** Breaks the stream, as a lost connection does. */
  public synchronized void disconnect() {
    open().cancel();
    stream = null;
  }

  /** Ends the stream in order, and leaves it to the server to close it. */
  public synchronized void finish() {
    open().halfClose();
  }

  /** Opens a new stream, and restates on it what it wanted and kept from the former one. */
  public synchronized void reconnect() {
    connect();
    states.forEach(
        (type, state) -> {
          if (state.asked && !type.equals(FENCE)) {
            open().ask(type, state.wanted, Map.copyOf(state.versions), state.accepted);
          }
        });
  }

  /** Returns everything that came, in order, on all streams. */
  public synchronized List<Received> received() {
    return received.stream().filter(response -> !response.type().equals(FENCE)).toList();
  }

  /** Returns what it has of a type now, by name. */
  public synchronized SortedMap<String, Any> resources(XdsType type) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(state(type).resources));
  }

  /** Returns what came since a former call's list, e.g. since {@code received().size()}. */
  public synchronized List<Received> receivedSince(int count) {
    List<Received> all = received();
    return all.subList(count, all.size());
  }

  /**
   * Fails unless exactly these responses came, in this order, on all streams.
   *
   * @param responses each as {@link Received#toString} writes it, e.g. {@code "Cluster a b -c"}
   * @throws AssertionError with what did come
   */
  public void assertReceived(String... responses) {
    List<String> came = received().stream().map(Received::toString).toList();
    if (!came.equals(List.of(responses))) {
      throw new AssertionError("got " + came + ", expected " + List.of(responses));
    }
  }

  /** Returns how many bytes the messages had that came on all streams. */
  public long receivedBytes() {
    return received().stream().mapToLong(Received::bytes).sum();
  }

  /**
   * Waits until a response fits, be it one that came already.
   *
   * @throws AssertionError if none has within ten seconds
   */
  public Received await(Predicate<Received> fits) {
    return waitFor(
        () -> received.stream().filter(fits).findFirst(), () -> "no response fits; got ");
  }

  /** Waits for a response of a type, be it one that came already. */
  public Received await(XdsType type) {
    return await(response -> response.type().equals(type));
  }

  /** Waits until it has exactly these resources of a type. */
  public void awaitNames(XdsType type, String... names) {
    Set<String> expected = Set.of(names);
    waitFor(
        () ->
            state(type).resources.keySet().equals(expected)
                ? Optional.of(expected)
                : Optional.empty(),
        () -> "has " + state(type).resources.keySet() + ", expected " + expected + "; got ");
  }

  /** Waits until the server or the network has ended the stream. */
  public Status awaitEnd() {
    return waitFor(() -> Optional.ofNullable(status), () -> "the stream has not ended; got ");
  }

  /**
   * Waits until the server has answered everything that was asked before: asks for a resource that
   * does not exist, of a type that nobody uses. What has not come by then was not sent. The server
   * must answer such a question, as Mooring's does.
   */
  public void fence() {
    int expected;
    synchronized (this) {
      fences++;
      expected = fences;
      TypeState state = state(FENCE);
      Set<String> before = Set.copyOf(state.wanted);
      state.wanted.clear();
      String name = "fence-" + fences;
      state.wanted.add(name);
      if (state.asked) {
        open().change(FENCE, List.of(name), List.copyOf(before), state.wanted);
      } else {
        state.asked = true;
        open().ask(FENCE, state.wanted, Map.of(), "");
      }
    }
    waitFor(
        () ->
            received.stream().filter(response -> response.type().equals(FENCE)).count() >= expected
                ? Optional.of(expected)
                : Optional.empty(),
        () -> "the fence was not answered; got ");
  }

  /** Breaks the stream if it is open. */
  @Override
  public synchronized void close() {
    if (stream != null) {
      disconnect();
    }
  }

  private synchronized void connect() {
    status = null;
    unread = 0;
    state(FENCE).asked = false;
    stream = dial.open(++streams);
  }

  private ProxyStream open() {
    if (stream == null) {
      throw new IllegalStateException("the proxy is disconnected");
    }
    return stream;
  }

  private TypeState state(XdsType type) {
    return states.computeIfAbsent(type, absent -> new TypeState());
  }

  private synchronized void take(Received response) {
    if (response.stream() != streams || stream == null) {
      return; // of a stream that the test has broken
    }
    received.add(response);
    TypeState state = state(response.type());
    @Nullable String rejection = state.rejection;
    state.rejection = null;
    if (rejection != null) {
      stream.reject(response, rejection, state.wanted, state.accepted);
    } else {
      apply(response, state);
      if (!silent) {
        accept(response);
      }
    }
    if (stalled) {
      unread++;
    } else {
      stream.read();
    }
    notifyAll();
  }

  private void apply(Received response, TypeState state) {
    if (!delta && COMPLETE_IN_STATE_OF_THE_WORLD.contains(response.type())) {
      state.resources.clear();
    }
    state.resources.putAll(response.resources());
    state.versions.putAll(response.versions());
    response.removed().forEach(state.resources::remove);
    response.removed().forEach(state.versions::remove);
    state.accepted = response.version();
  }

  private void accept(Received response) {
    open().acknowledge(response, state(response.type()).wanted);
  }

  private synchronized void ended(int number, Status end) {
    if (number == streams) {
      status = end;
      stream = null;
      notifyAll();
    }
  }

  private synchronized <T> T waitFor(Supplier<Optional<T>> condition, Supplier<String> complaint) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<T> met = condition.get();
      if (met.isPresent()) {
        return met.get();
      }
      long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        throw new AssertionError(complaint.get() + received + ", status " + status);
      }
      try {
        wait(leftMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted: " + complaint.get() + received, e);
      }
    }
  }
}
