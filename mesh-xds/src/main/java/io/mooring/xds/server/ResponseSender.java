package io.mooring.xds.server;

import io.grpc.ServerCall;
import io.grpc.Status;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.protocol.AdsSession;
import io.mooring.xds.protocol.Outgoing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what a session wants sent, while its client reads; what the client does not read waits as a
 * difference, not as messages. Confined to the stream's events.
 */
final class ResponseSender<Q> {

  private static final Logger log = LoggerFactory.getLogger(ResponseSender.class);

  /** What surrounds the resources of a response: type, version, nonce, name of the server. */
  private static final int ENVELOPE_BYTES = 1024;

  private final StreamServices services;
  private final ServerCall<Q, WireResponse> call;
  private final Variant<Q> variant;
  private final ProxyNode node;
  private final AdsSession session;
  private final End end;
  private final Deadline unread;
  private final Deadline tick;
  private @Nullable Instant tickAt;

  /** How a sender ends its stream. */
  interface End {

    /**
     * Ends the stream.
     *
     * @param unread whether the transport still holds what the client does not read
     */
    void end(Status status, boolean unread);
  }

  /**
   * @param deadlines makes deadlines of the stream
   */
  ResponseSender(
      StreamServices services,
      ServerCall<Q, WireResponse> call,
      Variant<Q> variant,
      ProxyNode node,
      AdsSession session,
      Supplier<Deadline> deadlines,
      End end) {
    this.services = services;
    this.call = call;
    this.variant = variant;
    this.node = node;
    this.session = session;
    this.end = end;
    this.unread = deadlines.get();
    this.tick = deadlines.get();
  }

  /** Sends all that may be sent at {@code now}; wakes up by itself for what must wait. */
  void send(Instant now) {
    while (call.isReady()) {
      unread.cancel();
      Optional<Outgoing> next = session.next(now);
      if (next.isEmpty()) {
        wakeUpInTime(now);
        return;
      }
      WireResponse wire = variant.encode(next.get());
      if (isTooLarge(wire)) {
        endTooLarge(next.get(), wire);
        return;
      }
      call.sendMessage(wire);
      services
          .observer()
          .responseSent(
              node,
              next.get().type(),
              next.get().resources().size(),
              next.get().removed().size(),
              wire.size());
    }
    if (!unread.isSet() && session.hasNext(now)) {
      unread.set(services.limits().unreadTimeout(), this::endUnread);
    }
  }

  /** Wakes up no more. */
  void stop() {
    unread.cancel();
    tick.cancel();
  }

  /** gRPC clients end the connection themselves, and would be sent the same again and again. */
  private boolean isTooLarge(WireResponse wire) {
    return wire.size() > (long) services.limits().maxResponseBytes() + ENVELOPE_BYTES
        && node.dialect() == ProxyNode.Dialect.GRPC;
  }

  private void endTooLarge(Outgoing response, WireResponse wire) {
    String size =
        "response of %s: %d bytes, %d resources (expected: <= %d bytes)"
            .formatted(
                response.type(),
                wire.size(),
                response.resources().size(),
                services.limits().maxResponseBytes());
    log.warn(
        "event=response_too_large node={} type={} bytes={} resources={} limit={} hint=\"a gRPC"
            + " client asks for too much on one stream, and this type cannot be split\"",
        LogText.of(node.id()),
        response.type(),
        wire.size(),
        response.resources().size(),
        services.limits().maxResponseBytes());
    end.end(Status.RESOURCE_EXHAUSTED.withDescription(size), false);
  }

  private void endUnread() {
    if (!call.isReady()) {
      Duration limit = services.limits().unreadTimeout();
      end.end(Status.DEADLINE_EXCEEDED.withDescription("stream not read for " + limit), true);
    }
  }

  /** A wait that ended after {@code now}, when nothing was to be sent yet, is not missed. */
  private void wakeUpInTime(Instant now) {
    Optional<Instant> deadline = session.nextDeadline(now);
    if (deadline.isPresent() && (tickAt == null || deadline.get().isBefore(tickAt))) {
      tickAt = deadline.get();
      tick.set(Duration.between(now, tickAt), this::tick);
    }
  }

  private void tick() {
    tickAt = null;
    send(services.clock().instant());
  }
}
