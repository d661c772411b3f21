package io.mooring.identity.issue;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.CertificateRequest;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides which identity a proof is good for, here and now. Thread-safe; changes nothing. */
final class Authorization {

  private final AdmissionPolicy admission;
  private final WorkloadGroups groups;
  private final SpiffeId controlPlaneId;
  private final @Nullable BanList bans;

  Authorization(
      AdmissionPolicy admission,
      WorkloadGroups groups,
      SpiffeId controlPlaneId,
      @Nullable BanList bans) {
    this.admission = admission;
    this.groups = groups;
    this.controlPlaneId = controlPlaneId;
    this.bans = bans;
  }

  /** Returns the identity that {@code proof} gives. */
  SpiffeId ofEvidence(AttestationResult proof, Decision decision) {
    WorkloadGroup group =
        admission
            .groupFor(proof, groups)
            .orElseThrow(
                () ->
                    refused(
                        RefusalReason.UNKNOWN_GROUP, "no WorkloadGroup for " + proof.selectors()));
    decision.admitted(group);
    SpiffeId id = identityOf(group);
    decision.identified(id);
    check(id);
    return id;
  }

  /** Checks that a machine which has {@code id} may keep it. */
  void ofCertificate(SpiffeId id, BigInteger serial, Decision decision) {
    // Any group of this identity will do: a certificate does not tell which one let it in.
    String[] segments = id.path().split("/", -1); // "", ns, namespace, sa, account
    Optional<WorkloadGroup> group =
        segments.length == 5 && id.equals(trustDomain().workload(segments[2], segments[4]))
            ? AdmissionPolicy.groupOfAccount(segments[2], segments[4], groups)
            : Optional.empty();
    decision.admitted(
        group.orElseThrow(
            () -> refused(RefusalReason.UNKNOWN_GROUP, "no WorkloadGroup gives '" + id + "'")));
    check(id);
    if (bans != null && bans.isBanned(serial)) {
      throw refused(RefusalReason.BANNED, "certificate " + serial.toString(16) + " is banned");
    }
  }

  private void check(SpiffeId id) {
    if (id.equals(controlPlaneId)) {
      throw refused(RefusalReason.RESERVED_IDENTITY, "'" + id + "' is the control plane's");
    }
    if (bans != null && bans.isBanned(id)) {
      throw refused(RefusalReason.BANNED, "'" + id + "' is banned");
    }
  }

  /** Names in a request grant nothing: they only tell that its sender expects something else. */
  static void checkAsked(SpiffeId id, CertificateRequest csr, SvidRequest request) {
    Stream.of(csr.requestedUri(), request.impersonated())
        .flatMap(Optional::stream)
        .filter(asked -> !asked.equals(id.toString()))
        .findFirst()
        .ifPresent(
            asked -> {
              throw refused(
                  RefusalReason.OTHER_IDENTITY, "asked for '" + asked + "', may have '" + id + "'");
            });
  }

  private SpiffeId identityOf(WorkloadGroup group) {
    try {
      return WorkloadGroups.identity(trustDomain(), group);
    } catch (InvalidSpiffeIdException e) {
      throw new RefusedException(RefusalReason.INVALID_IDENTITY, String.valueOf(e.getMessage()), e);
    }
  }

  private TrustDomain trustDomain() {
    return controlPlaneId.trustDomain();
  }

  private static RefusedException refused(RefusalReason reason, String detail) {
    return new RefusedException(reason, detail);
  }
}
