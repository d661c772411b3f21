package io.mooring.identity.issue;

import io.mooring.identity.X509Svid;
import java.util.Optional;

/**
 * One machine's way from its evidence to its first certificate, with a challenge or none. Confined
 * to one caller. To be closed: an exchange that nobody ends is audited as a refusal.
 */
public interface JoinExchange extends AutoCloseable {

  /** Returns the question that is to be answered next; empty once there is a certificate. */
  Optional<String> challenge();

  /**
   * Takes the answer to {@link #challenge}. It counts once: after an exception the exchange is
   * over.
   *
   * @throws RuntimeException as {@link SvidIssuer} says
   */
  void answer(String answer);

  /** Returns the certificate; empty while there is a challenge. */
  Optional<X509Svid> svid();

  /** Ends the exchange. Idempotent; nothing is taken back. */
  @Override
  void close();
}
