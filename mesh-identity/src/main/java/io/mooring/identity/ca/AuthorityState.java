package io.mooring.identity.ca;

import java.time.Instant;
import java.util.Optional;

/**
 * One CA of a rotation, as an operator sees it. Immutable.
 *
 * @param name unique for ever within its trust domain
 * @param phase what it is used for now
 * @param publishedAt since when its root is in the trust bundle
 * @param signedUntil no certificate or token of it is valid after this; empty before the first
 */
public record AuthorityState(
    String name, Phase phase, Instant publishedAt, Optional<Instant> signedUntil) {

  /** What a CA is used for; the order is that of its life. */
  public enum Phase {
    /** Published, so that peers learn to trust it; signs nothing. */
    PREPARED,
    /** Signs everything. */
    ACTIVE,
    /** Signs nothing any more and has no key; still published for what it signed. */
    OLD
  }

  AuthorityState in(Phase next) {
    return new AuthorityState(name, next, publishedAt, signedUntil);
  }

  AuthorityState signing(Instant until) {
    return new AuthorityState(name, phase, publishedAt, Optional.of(until));
  }
}
