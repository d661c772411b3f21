package io.mooring.identity.issue;

import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.JwtSvidTemplate;
import io.mooring.model.spiffe.SpiffeId;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a token may say at most. Pure. */
final class TokenTerms {

  private static final int MAX_AUDIENCES = 16;
  private static final int MAX_CHARACTERS = 512;

  private TokenTerms() {}

  /**
   * Returns what a token for the holder of {@code leaf} is to say.
   *
   * @throws RefusedException if the request has no audience, too much of it, or a lifetime that no
   *     token can have
   */
  static JwtSvidTemplate template(
      SpiffeId id, JwtSvidRequest request, X509Certificate leaf, Instant now) {
    List<String> audience = request.audience();
    if (audience.isEmpty()
        || audience.size() > MAX_AUDIENCES
        || audience.stream().anyMatch(a -> a.isEmpty() || a.length() > MAX_CHARACTERS)) {
      throw new RefusedException(
          RefusalReason.BAD_REQUEST,
          audience.size()
              + " audiences (expected: 1 to "
              + MAX_AUDIENCES
              + ", each of 1 to "
              + MAX_CHARACTERS
              + " characters)");
    }
    return JwtSvidTemplate.builder()
        .id(id)
        .audience(audience)
        .ttl(lifetime(request.validitySeconds(), leaf, now))
        .build();
  }

  private static Duration lifetime(long seconds, X509Certificate leaf, Instant now) {
    if (seconds < 0 || seconds > JwtSvidTemplate.MAX_TTL.toSeconds()) {
      throw new RefusedException(
          RefusalReason.BAD_LIFETIME,
          "lifetime of a token: "
              + seconds
              + " s (expected: 0 to "
              + JwtSvidTemplate.MAX_TTL.toSeconds()
              + ")");
    }
    Duration wanted = seconds == 0 ? JwtSvidTemplate.DEFAULT_TTL : Duration.ofSeconds(seconds);
    Duration left = Duration.between(now, leaf.getNotAfter().toInstant());
    if (left.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new RefusedException(
          RefusalReason.INVALID_CERTIFICATE, "the certificate ends at once, at " + now.plus(left));
    }
    return wanted.compareTo(left) > 0 ? left : wanted;
  }
}
