package io.mooring.identity.issue;

import io.mooring.identity.attest.RefusalReason;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes decisions to the log. Thread-safe. */
final class LoggingIssueObserver implements IssueObserver {

  private static final Logger LOG = LoggerFactory.getLogger(SvidIssuer.class);
  private static final int MAX_DETAIL = 300;

  @Override
  public void decided(IssueEvent event) {
    if (event.refusal().equals(Optional.of(RefusalReason.RATE_LIMITED))) {
      LOG.debug(
          "identity not decided reason=rate-limited peer={}", event.peer()); // a flood of them
    } else if (event.refusal().isPresent()) {
      LOG.info(
          "identity refused group={} identity={} reason={} evidence={} peer={} detail=\"{}\"",
          event.group().orElse("-"),
          event.identity().map(Object::toString).orElse("-"),
          event.refusal().get(),
          event.evidence(),
          event.peer(),
          printable(event.detail()));
    } else {
      LOG.info(
          "identity granted group={} identity={} evidence={} peer={} serial={} audience={}"
              + " not_after={}",
          event.group().orElse("-"),
          event.identity().map(Object::toString).orElse("-"),
          event.evidence(),
          event.peer(),
          event.serial().orElse("-"),
          event.audience().isEmpty() ? "-" : printable(event.audience().toString()),
          event.notAfter().map(Object::toString).orElse("-"));
    }
  }

  /** Details quote callers: no line breaks, no quotes, no control characters, not too long. */
  static String printable(String text) {
    String ascii = text.replace('"', '\'').replaceAll("[^\\x20-\\x7e]", "?");
    return ascii.length() <= MAX_DETAIL ? ascii : ascii.substring(0, MAX_DETAIL) + "...";
  }
}
