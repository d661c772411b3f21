package io.mooring.identity.ca;

import io.mooring.identity.ca.AuthorityState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The CAs of a trust domain through their lives: at most one prepared, exactly one active, any
 * number of old ones. Immutable; each step returns the next rotation.
 *
 * @param sequence that of the trust bundle: grows with every change of the bundle
 * @param authorities newest first
 */
record Rotation(long sequence, List<AuthorityState> authorities) {

  Rotation {
    authorities = List.copyOf(authorities);
    long active = authorities.stream().filter(ca -> ca.phase() == Phase.ACTIVE).count();
    long prepared = authorities.stream().filter(ca -> ca.phase() == Phase.PREPARED).count();
    long names = authorities.stream().map(AuthorityState::name).distinct().count();
    if (active != 1 || prepared > 1 || names != authorities.size() || sequence < 1) {
      throw new IllegalArgumentException(
          "CA rotation "
              + authorities
              + " (expected: one active, at most one prepared, unique names)");
    }
  }

  static Rotation first(String name, Instant now) {
    return new Rotation(1, List.of(new AuthorityState(name, Phase.ACTIVE, now, Optional.empty())));
  }

  AuthorityState active() {
    return in(Phase.ACTIVE).get(0);
  }

  Optional<AuthorityState> prepared() {
    return in(Phase.PREPARED).stream().findFirst();
  }

  List<AuthorityState> in(Phase phase) {
    return authorities.stream().filter(ca -> ca.phase() == phase).toList();
  }

  void requireNonePrepared() {
    prepared()
        .ifPresent(
            ca -> {
              throw new RotationRefusedException(
                  "CA '" + ca.name() + "' is prepared already (expected: activate it first)");
            });
  }

  Rotation prepare(String name, Instant now) {
    requireNonePrepared();
    List<AuthorityState> next = new ArrayList<>(authorities);
    next.add(0, new AuthorityState(name, Phase.PREPARED, now, Optional.empty()));
    return new Rotation(sequence + 1, next);
  }

  /**
   * @param ahead how long a CA is published before it signs
   */
  Rotation activate(Instant now, Duration ahead, boolean force) {
    AuthorityState next =
        prepared()
            .orElseThrow(
                () -> new RotationRefusedException("no CA is prepared (expected: prepare first)"));
    Instant from = next.publishedAt().plus(ahead);
    if (now.isBefore(from) && !force) {
      throw new RotationRefusedException(
          "CA '"
              + next.name()
              + "' is published since "
              + next.publishedAt()
              + "; every peer knows it from "
              + from
              + " on (expected: wait, or force it)");
    }
    // The set of keys stays the same, and so does the sequence.
    return new Rotation(
        sequence,
        authorities.stream()
            .map(
                ca ->
                    switch (ca.phase()) {
                      case PREPARED -> ca.in(Phase.ACTIVE);
                      case ACTIVE, OLD -> ca.in(Phase.OLD);
                    })
            .toList());
  }

  /** Drops the old CAs of which nothing is valid any more; {@code force} drops all old ones. */
  Rotation retire(Instant now, boolean force) {
    List<AuthorityState> old = in(Phase.OLD);
    if (old.isEmpty()) {
      throw new RotationRefusedException("no CA is old (expected: prepare and activate first)");
    }
    List<AuthorityState> kept =
        authorities.stream()
            .filter(ca -> ca.phase() != Phase.OLD || !(force || isSpent(ca, now)))
            .toList();
    if (kept.size() == authorities.size()) {
      AuthorityState last = old.get(old.size() - 1);
      throw new RotationRefusedException(
          "CA '"
              + last.name()
              + "' vouches for identities that are valid until "
              + last.signedUntil().orElse(now)
              + " (expected: wait, or force it and cut them off)");
    }
    return new Rotation(sequence + 1, kept);
  }

  private static boolean isSpent(AuthorityState ca, Instant now) {
    return ca.signedUntil().isEmpty() || !now.isBefore(ca.signedUntil().get());
  }

  /** Remembers that {@code name} signed something that is valid until then. */
  Rotation signed(String name, Instant until) {
    return new Rotation(
        sequence,
        authorities.stream().map(ca -> ca.name().equals(name) ? ca.signing(until) : ca).toList());
  }

  Optional<AuthorityState> find(String name) {
    return authorities.stream().filter(ca -> ca.name().equals(name)).findFirst();
  }
}
