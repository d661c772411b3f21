package io.mooring.xds.protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Which responses of one type the client has answered, and how. Confined to its session. */
final class Acknowledgements {

  private static final int MAX_UNANSWERED = 16; // of a client that never answers

  private record Sent(String nonce, List<String> names, Instant at) {}

  private final Deque<Sent> unanswered = new ArrayDeque<>();
  private boolean newestAccepted = true;
  private Optional<Rejection> rejection = Optional.empty();
  private List<String> rejectedNames = List.of();

  void sent(String nonce, List<String> names, Instant now) {
    if (unanswered.size() == MAX_UNANSWERED) {
      unanswered.removeFirst();
    }
    unanswered.addLast(new Sent(nonce, names, now));
    newestAccepted = false;
  }

  /** Clients answer in order: an answer to a response settles the earlier ones too. */
  Receipt answer(Request request, Instant now) {
    if (request.nonce().isEmpty()) {
      return Receipt.NONE;
    }
    if (!isUnanswered(request.nonce())) {
      return Receipt.STALE;
    }
    Sent answered = unanswered.removeFirst();
    while (!answered.nonce().equals(request.nonce())) {
      answered = unanswered.removeFirst();
    }
    boolean accepted = request.rejection().isEmpty();
    if (unanswered.isEmpty()) {
      newestAccepted = accepted;
      rejection = request.rejection();
      rejectedNames = accepted ? List.of() : answered.names();
    }
    return new Receipt(
        accepted ? Receipt.Verdict.ACKNOWLEDGED : Receipt.Verdict.REJECTED,
        accepted ? List.of() : answered.names(),
        Duration.between(answered.at(), now),
        request.rejection());
  }

  private boolean isUnanswered(String nonce) {
    for (Sent sent : unanswered) {
      if (sent.nonce().equals(nonce)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a response waits for an answer. */
  boolean isUnanswered() {
    return !unanswered.isEmpty();
  }

  /** Returns whether the client uses all that it was sent, as far as it says. */
  boolean isNewestAccepted() {
    return newestAccepted;
  }

  /** Returns why the newest response was rejected; empty if it was not, or is not answered yet. */
  Optional<Rejection> rejection() {
    return rejection;
  }

  /** Returns what that response carried; the client may have applied some of it. */
  List<String> rejectedNames() {
    return rejectedNames;
  }
}
