package io.mooring.identity.agent;

import io.mooring.identity.agent.svid.CertificateClient;
import io.mooring.identity.agent.svid.CertificateRequestException;
import io.mooring.identity.agent.svid.CertificateRequestException.Reason;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.agent.svid.SvidStore;
import io.mooring.model.spiffe.SpiffeId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How this VM proves who it is: by its SVID as long as that counts, by what is in the token file
 * before and after. Confined to one caller at a time: first the start, then the {@link SvidKeeper}.
 */
final class Enrolment implements SvidExchange {

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(8);

  /**
   * A token that was refused is tried again after this: the token of a platform is good more than
   * once, and a group, rule or ban may have been put right. Most are join tokens, used up for good.
   */
  private static final Duration TOKEN_PAUSE = Duration.ofMinutes(1);

  private final SpiffeId identity;
  private final BundleRoots bundleRoots;
  private final Path tokenFile;
  private final CertificateClient client;
  private final SvidStore store;
  private final InstantSource clock;
  private String refusedToken = "";
  private Instant refusedAt = Instant.MIN;
  private @Nullable Instant joinedAt;

  Enrolment(
      BundleDirectory bundle, CertificateClient client, SvidStore store, InstantSource clock) {
    this.identity = bundle.config().identity();
    this.bundleRoots = bundle.roots();
    this.tokenFile = bundle.tokenFile();
    this.client = client;
    this.store = store;
    this.clock = clock;
  }

  /**
   * Returns the credentials to begin with: the saved ones, which need nobody, else new ones for the
   * token.
   *
   * @param patience how long an unreachable control plane is asked again
   * @throws JoinRefusedException if there is neither a valid SVID nor a token that is taken
   * @throws AgentStartException if the control plane stays out of reach
   */
  Credentials first(
      Duration patience, RotationPolicy policy, RandomGenerator random, AgentObserver observer)
      throws IOException {
    Optional<Credentials> saved = store.load(identity.trustDomain());
    if (saved.isEmpty()) {
      return joinPatiently("", patience, policy, random, observer);
    }
    Credentials credentials = saved.get();
    if (!credentials.svid().id().equals(identity)) {
      throw new JoinRefusedException(
          "state directory has the SVID of '"
              + credentials.svid().id()
              + "' (expected: '"
              + identity
              + "', the bundle's; give each bundle a state directory of its own)",
          null);
    }
    Instant now = clock.instant();
    if (!now.isBefore(credentials.expiresAt())) {
      String expired = "saved SVID expired at " + credentials.expiresAt() + "; ";
      return joinPatiently(expired, patience, policy, random, observer);
    }
    return credentials.isFrom(bundleRoots.get(), clock) ? credentials : rejoinOr(credentials);
  }

  /**
   * The bundle has other roots than the saved SVID. Either its CA was rotated since the bundle was
   * made: then the token does not help, and the saved SVID is good. Or this is a new bundle, of a
   * control plane that began anew: then only the token helps.
   */
  private Credentials rejoinOr(Credentials saved) throws IOException {
    Optional<String> token = TokenFile.read(tokenFile);
    if (token.isPresent()) {
      try {
        return join(token.get(), REQUEST_TIMEOUT);
      } catch (CertificateRequestException e) {
        return saved; // and if it is of no use, the renewals say so
      }
    }
    return saved;
  }

  private Credentials joinPatiently(
      String before,
      Duration patience,
      RotationPolicy policy,
      RandomGenerator random,
      AgentObserver observer)
      throws IOException {
    String token =
        TokenFile.read(tokenFile)
            .orElseThrow(
                () ->
                    new JoinRefusedException(
                        before + "token file '" + tokenFile + "' is missing (expected: a token)",
                        null));
    long end = System.nanoTime() + patience.toNanos();
    for (int failures = 1; ; failures++) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      try {
        return join(token, left.compareTo(REQUEST_TIMEOUT) < 0 ? left : REQUEST_TIMEOUT);
      } catch (CertificateRequestException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new AgentStartException("interrupted while joining", e);
        }
        if (e.reason() != Reason.UNAVAILABLE) {
          throw new JoinRefusedException(before + e.getMessage(), e);
        }
        Duration wait = policy.retryAfter(failures, clock.instant(), Instant.MAX, random);
        if (System.nanoTime() + wait.toNanos() >= end) {
          throw new AgentStartException(
              before + "no answer within " + patience.toSeconds() + " s: " + e.getMessage(), e);
        }
        observer.joinDelayed(FailureText.of(e), wait);
        sleep(wait);
      }
    }
  }

  private Credentials join(String token, Duration timeout) throws IOException {
    Credentials joined = client.join(token, store.nextKey(), timeout);
    store.save(joined);
    joinedAt = clock.instant();
    return joined;
  }

  /**
   * Returns when {@code first} came: just now, or, for a saved SVID, its notBefore, which is the
   * best that is known.
   */
  Instant receivedAt(Credentials first) {
    return joinedAt == null ? first.svid().leaf().getNotBefore().toInstant() : joinedAt;
  }

  /**
   * Returns new credentials for {@code current}, which prove nothing once they have expired, once
   * the control plane says so, or once the bundle has other roots and they no longer work: then the
   * token file is looked at, so that a platform's token, a new join token or a new bundle heals a
   * VM without a restart.
   *
   * @throws CertificateRequestException if there are none, with the reason
   */
  @Override
  public Credentials renew(Credentials current) throws IOException {
    if (!clock.instant().isBefore(current.expiresAt())) {
      Optional<String> token = tokenToTry();
      return token.isPresent() ? rejoin(token.get()) : renewed(current);
    }
    try {
      return renewed(current);
    } catch (CertificateRequestException e) {
      if (e.reason() != Reason.REFUSED && current.isFrom(bundleRoots.get(), clock)) {
        throw e;
      }
      return rejoin(tokenToTry().orElseThrow(() -> e));
    }
  }

  private Credentials renewed(Credentials current) throws IOException {
    Credentials renewed = client.renew(current, store.nextKey(), REQUEST_TIMEOUT);
    store.save(renewed);
    return renewed;
  }

  private Optional<String> tokenToTry() {
    boolean pausing = clock.instant().isBefore(refusedAt.plus(TOKEN_PAUSE));
    return TokenFile.read(tokenFile).filter(token -> !pausing || !token.equals(refusedToken));
  }

  private Credentials rejoin(String token) throws IOException {
    try {
      return join(token, REQUEST_TIMEOUT);
    } catch (CertificateRequestException e) {
      if (e.reason() == Reason.REFUSED) {
        refusedToken = token;
        refusedAt = clock.instant();
      }
      throw e;
    }
  }

  private static void sleep(Duration wait) {
    try {
      Thread.sleep(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AgentStartException("interrupted while joining", e);
    }
  }
}
