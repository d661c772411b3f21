package io.mooring.identity.attest.jointoken;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.Selector;
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

  /** The kind of the evidence. */
  public static final String KIND = "join-token";

  /** The selector with the token's WorkloadGroup, as {@code namespace/name}. */
  public static final String GROUP = "group";

  private static final String ID_PREFIX = KIND + ":";

  private final JoinTokenStore store;
  private final InstantSource clock;

  /** Creates an attestor over {@code store}. */
  public JoinTokenAttestor(JoinTokenStore store, InstantSource clock) {
    this.store = requireNonNull(store, "store");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public boolean recognizes(String bearer) {
    return JoinToken.parse(bearer).isPresent();
  }

  @Override
  public AttestationResult attest(AttestationRequest request) {
    JoinToken token = parse(request);
    JoinTokenRecord kept =
        store.find(token.id()).orElseThrow(() -> refused(RefusalReason.UNKNOWN_TOKEN, token.id()));
    if (!MessageDigest.isEqual(ascii(token.secretDigest()), ascii(kept.secretDigest()))) {
      throw refused(RefusalReason.WRONG_SECRET, token.id());
    }
    check(kept, request.keyDigest(), clock.instant());
    return new AttestationResult(
        ID_PREFIX + token.id(),
        Set.of(
            new Selector(KIND, "id", token.id()),
            new Selector(KIND, GROUP, kept.group().namespace() + "/" + kept.group().name())));
  }

  @Override
  public void redeem(AttestationResult result, String keyDigest) {
    String id = result.evidenceId().substring(ID_PREFIX.length());
    try {
      if (store.update(id, kept -> used(kept, keyDigest)).isEmpty()) {
        throw refused(RefusalReason.UNKNOWN_TOKEN, id);
      }
    } catch (UncheckedIOException e) {
      throw new RefusedException(
          RefusalReason.UNAVAILABLE, "the use of token " + id + " cannot be recorded", e);
    }
  }

  private JoinTokenRecord used(JoinTokenRecord kept, String keyDigest) {
    Instant now = clock.instant();
    check(kept, keyDigest, now);
    return kept.usedAt().isPresent()
        ? kept // the window of retries begins with the first use
        : JoinTokenRecord.builder().from(kept).usedAt(now).usedBy(keyDigest).build();
  }

  private static void check(JoinTokenRecord kept, String keyDigest, Instant now) {
    switch (kept.state(now)) {
      case UNUSED -> {}
      case USED -> {
        if (!kept.mayRetry(keyDigest, now)) {
          throw refused(RefusalReason.REUSED_TOKEN, kept.id());
        }
      }
      case REVOKED -> throw refused(RefusalReason.REVOKED_TOKEN, kept.id());
      case EXPIRED -> throw refused(RefusalReason.EXPIRED_TOKEN, kept.id());
    }
  }

  private static JoinToken parse(AttestationRequest request) {
    return JoinToken.parse(request.evidence())
        .orElseThrow(
            () ->
                new RefusedException(
                    RefusalReason.MALFORMED_TOKEN,
                    "credential of " + request.evidence().length() + " characters"));
  }

  private static RefusedException refused(RefusalReason reason, String id) {
    return new RefusedException(reason, "token " + id);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
