package io.mooring.identity.attest.jointoken;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;

/**
 * Lets whoever holds a join token into the token's WorkloadGroup, once. Thread-safe.
 *
 * <p>The key that used a token may come back for ten minutes, for its reply may have been lost;
 * another key never may.
 */
public final class JoinTokenAttestor implements Attestor {

  private final JoinTokenStore store;
  private final InstantSource clock;

  /** Creates an attestor over {@code store}. */
  public JoinTokenAttestor(JoinTokenStore store, InstantSource clock) {
    this.store = requireNonNull(store, "store");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public AttestationResult attest(AttestationRequest request) {
    JoinToken token = parse(request);
    JoinTokenRecord kept =
        store.find(token.id()).orElseThrow(() -> refused(RefusalReason.UNKNOWN_TOKEN, token.id()));
    check(token, kept, request.keyDigest(), clock.instant());
    return new AttestationResult(
        "join-token:" + token.id(), kept.group(), Set.of("join-token:id:" + token.id()));
  }

  @Override
  public void redeem(AttestationRequest request) {
    JoinToken token = parse(request);
    try {
      if (store.update(token.id(), kept -> used(token, kept, request.keyDigest())).isEmpty()) {
        throw refused(RefusalReason.UNKNOWN_TOKEN, token.id());
      }
    } catch (UncheckedIOException e) {
      throw new RefusedException(
          RefusalReason.UNAVAILABLE, "the use of token " + token.id() + " cannot be recorded", e);
    }
  }

  private JoinTokenRecord used(JoinToken token, JoinTokenRecord kept, String keyDigest) {
    Instant now = clock.instant();
    check(token, kept, keyDigest, now);
    return kept.usedAt().isPresent()
        ? kept // the window of retries begins with the first use
        : JoinTokenRecord.builder().from(kept).usedAt(now).usedBy(keyDigest).build();
  }

  private static void check(JoinToken token, JoinTokenRecord kept, String keyDigest, Instant now) {
    if (!MessageDigest.isEqual(ascii(token.secretDigest()), ascii(kept.secretDigest()))) {
      throw refused(RefusalReason.WRONG_SECRET, token.id());
    }
    switch (kept.state(now)) {
      case UNUSED -> {}
      case USED -> {
        if (!kept.mayRetry(keyDigest, now)) {
          throw refused(RefusalReason.REUSED_TOKEN, token.id());
        }
      }
      case REVOKED -> throw refused(RefusalReason.REVOKED_TOKEN, token.id());
      case EXPIRED -> throw refused(RefusalReason.EXPIRED_TOKEN, token.id());
    }
  }

  private static JoinToken parse(AttestationRequest request) {
    return JoinToken.parse(request.credential())
        .orElseThrow(
            () ->
                new RefusedException(
                    RefusalReason.MALFORMED_TOKEN,
                    "credential of " + request.credential().length() + " characters"));
  }

  private static RefusedException refused(RefusalReason reason, String id) {
    return new RefusedException(reason, "token " + id);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
