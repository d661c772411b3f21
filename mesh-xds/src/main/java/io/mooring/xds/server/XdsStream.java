package io.mooring.xds.server;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.SynchronizationContext;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.protocol.AdsSession;
import io.mooring.xds.protocol.ClientTraits;
import io.mooring.xds.protocol.Outgoing;
import io.mooring.xds.protocol.Receipt;
import io.mooring.xds.protocol.Request;
import io.mooring.xds.push.PushConnection;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call: feeds its session with requests, resources and time, and sends what the session wants
 * sent while the client reads. What happens to it runs one after the other in {@code events}; only
 * the user's authorizer and listener run before that, on the call's own thread, as they may block.
 */
final class XdsStream<Q> extends ServerCall.Listener<Q> {

  private static final Logger log = LoggerFactory.getLogger(XdsStream.class);

  private final long id;
  private final StreamServices services;
  private final ServerCall<Q, WireResponse> call;
  private final Variant<Q> variant;
  private final RequestRules<Q> rules;
  private final PeerIdentity peer;
  private final SynchronizationContext events =
      new SynchronizationContext((thread, failure) -> failed(failure));
  private final AtomicReference<@Nullable Offer> offered = new AtomicReference<>();

  /** Written on the call's thread before the events that read it. */
  private volatile @Nullable ProxyNode node;

  /** Written in events, read by anyone. */
  private volatile @Nullable PushConnection connection;

  /** The newest resources, and when the oldest change in them happened. */
  private record Offer(ResourceSet resources, Instant since) {}

  /** Written on the call's thread, read in events. */
  private volatile boolean asked;

  // Confined to events.
  private final Deadline expiry;
  private final Deadline firstRequest;
  private @Nullable Instant changedAt;
  private @Nullable AdsSession session;
  private @Nullable ResponseSender<Q> sender;
  private boolean heard;
  private boolean unreadTooLong;
  private boolean ended;

  /**
   * Creates the stream of a call.
   *
   * @param onlyType the type of the service; null on an aggregated stream
   */
  XdsStream(
      long id,
      StreamServices services,
      ServerCall<Q, WireResponse> call,
      Variant<Q> variant,
      @Nullable XdsType onlyType,
      PeerIdentity peer) {
    this.id = id;
    this.services = services;
    this.call = call;
    this.variant = variant;
    this.rules = new RequestRules<>(variant, onlyType, services.limits());
    this.peer = peer;
    this.expiry = deadline();
    this.firstRequest = deadline();
  }

  void start() {
    call.sendHeaders(new Metadata());
    call.request(1);
    Duration limit = services.limits().firstRequestTimeout();
    events.execute(() -> firstRequest.set(limit, () -> endUnasked(limit)));
    peer.notAfter().ifPresent(notAfter -> events.execute(() -> endAt(notAfter)));
  }

  private Deadline deadline() {
    // the server is being closed: end() waits its turn
    return new Deadline(services.scheduler(), events, () -> finish(XdsServer.SHUTTING_DOWN, true));
  }

  /** What makes a server keep streams that ask for nothing takes places from those that do. */
  private void endUnasked(Duration limit) {
    if (!asked) {
      finish(Status.DEADLINE_EXCEEDED.withDescription("no first request for " + limit), true);
    }
  }

  PeerIdentity peer() {
    return peer;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the point: equal messages may be well-formed
  public void onMessage(Q message) {
    if (message == variant.malformed()) {
      end(Status.INVALID_ARGUMENT.withDescription("request: bytes that are no discovery request"));
      return;
    }
    try {
      if (node == null) {
        asked = true;
        open(message);
      }
      rules.check(message);
      if (rules.type(message).equals(HealthSignal.TYPE)) {
        HealthSignal signal = variant.health(message);
        String counts = services.listener().healthReported(id, signal);
        events.execute(() -> acknowledge(signal, counts));
        return;
      }
    } catch (StatusRuntimeException e) {
      Metadata trailers = Objects.requireNonNullElseGet(e.getTrailers(), Metadata::new);
      events.execute(() -> finish(e.getStatus(), true, trailers));
      return;
    } catch (RuntimeException e) { // of the user's authorizer or listener
      events.execute(() -> failed(e));
      return;
    }
    Request request = variant.decode(message, rules.type(message));
    events.execute(() -> handle(request));
  }

  @Override
  public void onReady() {
    events.execute(() -> sendMore(now()));
  }

  @Override
  public void onHalfClose() {
    end(Status.OK);
  }

  @Override
  public void onCancel() {
    events.execute(() -> left(Status.CANCELLED));
  }

  @Override
  public void onComplete() {
    events.execute(() -> left(Status.OK));
  }

  /** Ends the stream with this status. Thread-safe, idempotent. */
  void end(Status status) {
    events.execute(() -> finish(status, true));
  }

  CompletableFuture<Optional<StreamStatus>> status() {
    CompletableFuture<Optional<StreamStatus>> status = new CompletableFuture<>();
    events.execute(() -> status.complete(describe()));
    return status;
  }

  Optional<ResourceSet> resourcesOf(String nodeId) {
    @Nullable ProxyNode known = node;
    @Nullable PushConnection current = connection;
    return known != null && current != null && known.id().equals(nodeId)
        ? current.offered()
        : Optional.empty();
  }

  private void open(Q first) {
    ProxyNode parsed = rules.node(first);
    rules.check(first);
    services.authorizer().authorize(peer, parsed);
    services.listener().connected(parsed, peer, id);
    node = parsed;
    ClientTraits traits = rules.traits(first, parsed);
    events.execute(() -> connect(parsed, traits));
  }

  private void connect(ProxyNode opened, ClientTraits traits) {
    if (ended) { // while the listener worked
      services.listener().disconnected(opened, peer, id);
      return;
    }
    firstRequest.cancel();
    AdsSession created =
        new AdsSession(
            traits,
            services.limits().acknowledgementWait(),
            services.limits().maxResponseBytes(),
            services.versions());
    session = created;
    sender =
        new ResponseSender<>(
            services, call, variant, opened, created, this::deadline, this::endBySender);
    services.observer().streamOpened(opened, peer, id);
    connection = services.push().connect(opened, this::offer);
  }

  private void offer(ResourceSet resources, Instant since) {
    offered.accumulateAndGet(
        new Offer(resources, since),
        (older, newer) ->
            older == null || newer == null
                ? newer
                : new Offer(newer.resources(), earlier(older.since(), newer.since())));
    events.execute(this::takeOffer);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private void takeOffer() {
    @Nullable Offer newest = offered.getAndSet(null);
    if (newest != null && session != null && !ended) {
      Instant now = now();
      session.offer(newest.resources(), now);
      if (!heard || !session.isSettled()) { // before it asks, a client lacks nothing
        changedAt = changedAt == null ? newest.since() : earlier(changedAt, newest.since());
      }
      sendMore(now);
    }
  }

  private void sendMore(Instant now) {
    if (sender != null && !ended) {
      sender.send(now);
    }
  }

  private void endBySender(Status status, boolean unread) {
    unreadTooLong = unread; // what the transport holds of it counts as a stream until it is gone
    finish(status, true);
  }

  private void handle(Request request) {
    if (session == null || ended) {
      return;
    }
    heard = true;
    ProxyNode sender = Objects.requireNonNull(node, "node");
    services.observer().requestReceived(sender, request.type());
    Instant now = now();
    report(sender, request.type(), session.request(request, now));
    int names = session.subscribedNames();
    if (names > services.limits().maxNamesPerStream()) {
      int limit = services.limits().maxNamesPerStream();
      finish(RequestRules.tooMany("names on a stream", names, limit), true);
      return;
    }
    sendMore(now);
    noteConvergence(sender);
    call.request(1);
  }

  private void noteConvergence(ProxyNode sender) {
    if (changedAt != null && session != null && session.isSettled()) {
      services.observer().converged(sender, Duration.between(changedAt, now()));
      changedAt = null;
    }
  }

  private void acknowledge(HealthSignal signal, String counts) {
    if (session == null || ended) {
      return;
    }
    services.observer().requestReceived(Objects.requireNonNull(node, "node"), HealthSignal.TYPE);
    if (!signal.number().isEmpty()) {
      call.sendMessage(
          variant.encode(
              new Outgoing(
                  HealthSignal.TYPE, counts, signal.number(), List.of(), List.of(), List.of())));
    }
    call.request(1);
  }

  private void report(ProxyNode sender, XdsType type, Receipt receipt) {
    switch (receipt.verdict()) {
      case NONE, STALE -> {}
      case ACKNOWLEDGED -> services.observer().acknowledged(sender, type, receipt.elapsed());
      case REJECTED -> {
        String message = receipt.rejection().orElseThrow().message();
        log.warn(
            "event=nack node=\"{}\" type={} resources=\"{}\" message=\"{}\" hint=\"the proxy keeps"
                + " the last good version\"",
            LogText.of(sender.id()),
            LogText.of(type.typeUrl()),
            LogText.of(receipt.names().toString()),
            LogText.of(message));
        changedAt = null;
        services.observer().rejected(sender, type, receipt.names(), message);
      }
    }
  }

  private void endAt(Instant notAfter) {
    if (ended) {
      return;
    }
    Instant now = now();
    if (now.isBefore(notAfter)) {
      expiry.set(Duration.between(now, notAfter), () -> endAt(notAfter));
    } else {
      finish(Status.UNAUTHENTICATED.withDescription("peer certificate ended"), true);
    }
  }

  private void failed(Throwable failure) {
    log.warn(
        "event=stream_failed stream={} hint=\"authorizer, listener, observer or a defect of"
            + " Mooring\"",
        id,
        failure);
    finish(Status.INTERNAL, true);
  }

  private void finish(Status status, boolean close) {
    finish(status, close, new Metadata());
  }

  private void finish(Status status, boolean close, Metadata trailers) {
    if (ended) {
      return;
    }
    ended = true;
    expiry.cancel();
    firstRequest.cancel();
    if (sender != null) {
      sender.stop();
    }
    @Nullable PushConnection current = connection;
    if (current != null) {
      current.close();
    }
    if (!unreadTooLong) {
      services.ended(this);
    }
    if (close) { // the client that hears of it finds nothing left of the stream
      call.close(status, trailers);
    }
    if (current == null) {
      if (!status.isOk() && close) {
        services.observer().streamRefused(status);
      }
      return;
    }
    ProxyNode left = current.node();
    services.listener().disconnected(left, peer, id);
    services.observer().streamClosed(left, id, status);
  }

  /** The transport has let go of the stream: also of what was never read. */
  private void left(Status status) {
    finish(status, false);
    services.ended(this);
  }

  private Optional<StreamStatus> describe() {
    @Nullable ProxyNode known = node;
    if (session == null || known == null || ended) {
      return Optional.empty();
    }
    return Optional.of(
        new StreamStatus(
            id,
            known,
            peer,
            variant.isDelta(),
            session.state().stream().map(TypeStatus::of).toList()));
  }

  private Instant now() {
    return services.clock().instant();
  }
}
