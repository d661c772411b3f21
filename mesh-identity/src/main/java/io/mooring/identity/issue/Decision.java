package io.mooring.identity.issue;

import io.mooring.identity.JwtSvid;
import io.mooring.identity.X509Svid;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.InvalidCertificateRequestException;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.spiffe.SpiffeId;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gathers what becomes known of one request and tells the observer once how it ended. Confined to
 * the request.
 */
final class Decision {

  private final IssueObserver observer;
  private final InstantSource clock;
  private final IssueEvent.Builder event;
  private boolean told;

  Decision(String evidence, String peer, IssueObserver observer, InstantSource clock) {
    this.observer = observer;
    this.clock = clock;
    this.event = IssueEvent.builder().evidence(evidence).peer(peer);
  }

  void claimedKey(Optional<String> keyDigest) {
    keyDigest.ifPresent(event::keyDigest);
  }

  void attested(AttestationResult result) {
    event.evidence(result.evidenceId());
  }

  void certified(SpiffeId id, String serial) {
    event.identity(id).evidence("certificate:" + serial);
  }

  void admitted(WorkloadGroup group) {
    event.group(group.metadata().namespace() + "/" + group.metadata().name());
  }

  void identified(SpiffeId id) {
    event.identity(id);
  }

  /** Returns what {@code step} returns; if it throws, that is the refusal. */
  <T> T refusing(Supplier<T> step) {
    try {
      return step.get();
    } catch (RuntimeException e) {
      try {
        refused(reasonOf(e), String.valueOf(e.getMessage()));
      } catch (RuntimeException untold) {
        e.addSuppressed(untold);
      }
      throw e;
    }
  }

  /** Tells of a certificate. Throws what the observer throws: then nobody gets the certificate. */
  void granted(X509Svid svid) {
    told = true;
    observer.decided(
        event
            .at(clock.instant())
            .serial(svid.leaf().getSerialNumber().toString(16))
            .notAfter(svid.notAfter())
            .build());
  }

  /** Tells of a token. Throws what the observer throws: then nobody gets the token. */
  void granted(JwtSvid svid) {
    told = true;
    observer.decided(
        event
            .at(clock.instant())
            .addAllAudience(svid.audience())
            .notAfter(svid.expiresAt())
            .build());
  }

  /** Tells of a refusal, unless the end was told already. */
  void refused(RefusalReason reason, String detail) {
    if (!told) {
      told = true;
      observer.decided(event.at(clock.instant()).refusal(reason).detail(detail).build());
    }
  }

  private static RefusalReason reasonOf(RuntimeException e) {
    if (e instanceof RefusedException refused) {
      return refused.reason();
    }
    if (e instanceof InvalidCertificateRequestException) {
      return RefusalReason.BAD_REQUEST;
    }
    return e instanceof InvalidLifetimeException
        ? RefusalReason.BAD_LIFETIME
        : RefusalReason.UNAVAILABLE;
  }
}
