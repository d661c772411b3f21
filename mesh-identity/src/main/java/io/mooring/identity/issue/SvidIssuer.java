package io.mooring.identity.issue;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.CertificateAuthorityException;
import io.mooring.identity.ca.CertificateRequest;
import io.mooring.identity.ca.InvalidCertificateRequestException;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Issues the certificates of VMs. Thread-safe.
 *
 * <p>The first one is for evidence that lets a machine into a WorkloadGroup ({@link #join}), every
 * later one for the certificate before ({@link #renew}). The identity comes from the group alone;
 * names in a request grant nothing, and one that asks for another identity is refused.
 *
 * <p>Both methods throw {@link RefusedException} if the caller has no right to a certificate,
 * {@link InvalidCertificateRequestException} or {@link InvalidLifetimeException} if it has one but
 * asked wrongly, {@link CertificateAuthorityException} if the CA cannot sign. Evidence is used up
 * by none of them but the last.
 */
public final class SvidIssuer {

  private final CertificateAuthority authority;
  private final Attestor attestor;
  private final WorkloadGroups groups;
  private final SpiffeId controlPlaneId;
  private final LifetimePolicy lifetimes;
  private final InstantSource clock;
  private final IssueObserver observer;

  /**
   * Creates an issuer.
   *
   * @param authority signs
   * @param attestor judges the evidence of machines that join
   * @param groups the groups that exist now
   * @param controlPlaneId the identity of the control plane, which no group may have
   * @param lifetimes how long certificates live
   * @param clock decides whether the certificate of a renewal is still valid
   * @param observer is told of every decision
   */
  public SvidIssuer(
      CertificateAuthority authority,
      Attestor attestor,
      WorkloadGroups groups,
      SpiffeId controlPlaneId,
      LifetimePolicy lifetimes,
      InstantSource clock,
      IssueObserver observer) {
    this.authority = requireNonNull(authority, "authority");
    this.attestor = requireNonNull(attestor, "attestor");
    this.groups = requireNonNull(groups, "groups");
    this.controlPlaneId = requireNonNull(controlPlaneId, "controlPlaneId");
    this.lifetimes = requireNonNull(lifetimes, "lifetimes");
    this.clock = requireNonNull(clock, "clock");
    this.observer = requireNonNull(observer, "observer");
  }

  /** Returns the roots that vouch for every certificate of this issuer, newest first. */
  public String trustBundlePem() {
    return authority.trustBundle().toPem();
  }

  /** Returns the first certificate of a machine that shows {@code credential}. */
  public X509Svid join(String credential, SvidRequest request) {
    return audited(
        IssueEvent.builder().evidence("bearer").peer(request.peer()),
        event -> joined(credential, request, event));
  }

  /**
   * Returns a certificate with the identity of {@code peerChain}.
   *
   * @param peerChain what the caller proved to hold the key of, leaf first; verified here again
   */
  public X509Svid renew(List<X509Certificate> peerChain, SvidRequest request) {
    return audited(
        IssueEvent.builder().evidence("certificate").peer(request.peer()),
        event -> renewed(peerChain, request, event));
  }

  private X509Svid joined(String credential, SvidRequest request, IssueEvent.Builder event) {
    ParsedRequest parsed = ParsedRequest.of(request, lifetimes);
    parsed.keyDigest().ifPresent(event::keyDigest);
    AttestationRequest evidence = new AttestationRequest(credential, parsed.keyDigest().orElse(""));
    AttestationResult proof = attestor.attest(evidence);
    event.evidence(proof.evidenceId());
    event.group(proof.group().namespace() + "/" + proof.group().name());
    // Only now: before identity is proved the caller must not learn what else is wrong.
    CertificateRequest csr = parsed.orThrow();
    WorkloadGroup group =
        groups
            .find(proof.group())
            .orElseThrow(() -> refused(RefusalReason.UNKNOWN_GROUP, "no " + proof.group()));
    SpiffeId id = identityOf(group);
    event.identity(id);
    authorize(id, csr);
    attestor.redeem(evidence);
    return sign(id, csr, request);
  }

  private X509Svid renewed(
      List<X509Certificate> peerChain, SvidRequest request, IssueEvent.Builder event) {
    ParsedRequest parsed = ParsedRequest.of(request, lifetimes);
    parsed.keyDigest().ifPresent(event::keyDigest);
    SpiffeId id = verified(peerChain);
    event.identity(id);
    WorkloadGroup group = groupWith(id);
    event.group(group.metadata().namespace() + "/" + group.metadata().name());
    CertificateRequest csr = parsed.orThrow();
    authorize(id, csr);
    return sign(id, csr, request);
  }

  private SpiffeId verified(List<X509Certificate> peerChain) {
    if (peerChain.isEmpty()) {
      throw refused(RefusalReason.NO_CREDENTIAL, "neither token nor client certificate");
    }
    try {
      return new X509SvidVerifier(authority.trustBundle(), clock).verify(peerChain);
    } catch (CertificateException e) {
      throw new RefusedException(
          RefusalReason.INVALID_CERTIFICATE, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Any group of this identity will do: a certificate does not tell which one let its holder in.
   */
  private WorkloadGroup groupWith(SpiffeId id) {
    String[] segments = id.path().split("/", -1); // "", ns, namespace, sa, account
    if (segments.length == 5 && id.equals(trustDomain().workload(segments[2], segments[4]))) {
      for (WorkloadGroup group : groups.inNamespace(segments[2])) {
        if (WorkloadGroups.serviceAccount(group).equals(segments[4])) {
          return group;
        }
      }
    }
    throw refused(RefusalReason.UNKNOWN_GROUP, "no WorkloadGroup gives '" + id + "'");
  }

  private SpiffeId identityOf(WorkloadGroup group) {
    try {
      return WorkloadGroups.identity(trustDomain(), group);
    } catch (InvalidSpiffeIdException e) {
      throw new RefusedException(RefusalReason.INVALID_IDENTITY, String.valueOf(e.getMessage()), e);
    }
  }

  private void authorize(SpiffeId id, CertificateRequest csr) {
    if (id.equals(controlPlaneId)) {
      throw refused(RefusalReason.RESERVED_IDENTITY, "'" + id + "' is the control plane's");
    }
    Optional<String> asked = csr.requestedUri();
    if (asked.isPresent() && !asked.get().equals(id.toString())) {
      throw refused(
          RefusalReason.OTHER_IDENTITY, "asked for '" + asked.get() + "', may have '" + id + "'");
    }
  }

  private X509Svid sign(SpiffeId id, CertificateRequest csr, SvidRequest request) {
    return authority.issue(
        SvidTemplate.builder()
            .id(id)
            .publicKey(csr.publicKey())
            .ttl(lifetimes.grant(request.validitySeconds()))
            .build());
  }

  private X509Svid audited(
      IssueEvent.Builder event, Function<IssueEvent.Builder, X509Svid> decision) {
    X509Svid svid;
    try {
      svid = decision.apply(event);
    } catch (RuntimeException e) {
      observer.decided(event.refusal(reasonOf(e)).detail(String.valueOf(e.getMessage())).build());
      throw e;
    }
    observer.decided(
        event.serial(svid.leaf().getSerialNumber().toString(16)).notAfter(svid.notAfter()).build());
    return svid;
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

  private TrustDomain trustDomain() {
    return authority.trustBundle().trustDomain();
  }

  private static RefusedException refused(RefusalReason reason, String detail) {
    return new RefusedException(reason, detail);
  }
}
