package io.mooring.identity.issue;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.JwtSvid;
import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.attest.Attestation;
import io.mooring.identity.attest.AttestationChallenge;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.AttestorChain;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.CertificateAuthorityException;
import io.mooring.identity.ca.CertificateRequest;
import io.mooring.identity.ca.InvalidCertificateRequestException;
import io.mooring.identity.ca.JwtAuthority;
import io.mooring.identity.ca.JwtSvidTemplate;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.model.spiffe.SpiffeId;
import java.math.BigInteger;
import java.security.Provider;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Issues the certificates of VMs. Thread-safe.
 *
 * <p>The first one is for evidence that lets a machine into a WorkloadGroup ({@link #join}, {@link
 * #exchange}), every later one for the certificate before ({@link #renew}), as are tokens ({@link
 * #mint}). The identity comes from the group alone; names in a request grant nothing, and one that
 * asks for another identity is refused.
 *
 * <p>The order is: limits, evidence, group and bans, the request with its proof of possession, use
 * of the evidence, signature. So what costs much is done for proved callers only.
 *
 * <p>All of them throw {@link RefusedException} if the caller has no right to a certificate, {@link
 * InvalidCertificateRequestException} or {@link InvalidLifetimeException} if it has one but asked
 * wrongly, {@link CertificateAuthorityException} if the CA cannot sign. Evidence is used up by none
 * of them but the last.
 */
public final class SvidIssuer {

  private final CertificateAuthority authority;
  private final @Nullable JwtAuthority jwtAuthority;
  private final AttestorChain attestors;
  private final Authorization authorization;
  private final LifetimePolicy lifetimes;
  private final RequestGate gate;
  private final InstantSource clock;
  private final IssueObserver observer;
  private final @Nullable Provider provider;

  private SvidIssuer(Builder from) {
    this.authority = from.authority;
    this.jwtAuthority = from.jwtAuthority;
    this.attestors = new AttestorChain(from.attestors);
    this.authorization =
        new Authorization(from.admission, from.groups, from.controlPlaneId, from.bans);
    this.lifetimes = from.lifetimes;
    this.gate = new RequestGate(from.limits, from.clock);
    this.clock = from.clock;
    this.observer = from.observer;
    this.provider = from.provider;
  }

  /**
   * Returns a builder.
   *
   * @param authority signs
   * @param groups the groups that exist now
   * @param controlPlaneId the identity of the control plane, which no group may have
   */
  public static Builder builder(
      CertificateAuthority authority, WorkloadGroups groups, SpiffeId controlPlaneId) {
    return new Builder(authority, groups, controlPlaneId);
  }

  /** Returns the roots that vouch for every certificate of this issuer, newest first. */
  public String trustBundlePem() {
    return authority.trustBundle().toPem();
  }

  /** Returns the first certificate of a machine that shows {@code bearer}. */
  public X509Svid join(String bearer, SvidRequest request) {
    Decision decision = new Decision("bearer", request.peer(), observer, clock);
    return decision.refusing(
        () ->
            gate.pass(
                request.peer(),
                () -> {
                  AttestationRequest evidence = evidence(bearer, request, decision);
                  return issue(
                      attestors.attestBearer(evidence), evidence.keyDigest(), request, decision);
                }));
  }

  /**
   * Begins a join with evidence of a kind that an attestor judges, which may want an answer first.
   */
  public JoinExchange exchange(String kind, String evidence, SvidRequest request) {
    Decision decision = new Decision("join", request.peer(), observer, clock);
    return decision.refusing(
        () ->
            gate.pass(
                request.peer(),
                () -> {
                  AttestationRequest shown = evidence(evidence, request, decision);
                  Exchange exchange = new Exchange(shown.keyDigest(), request, decision);
                  exchange.proceed(attestors.attest(kind, shown));
                  return exchange;
                }));
  }

  /**
   * Returns a certificate with the identity of {@code peerChain}.
   *
   * @param peerChain what the caller proved to hold the key of, leaf first; verified here again
   */
  public X509Svid renew(List<X509Certificate> peerChain, SvidRequest request) {
    Decision decision = new Decision("certificate", request.peer(), observer, clock);
    return decision.refusing(
        () -> gate.pass(request.peer(), () -> renewed(peerChain, request, decision)));
  }

  /**
   * Returns a token with the identity of {@code peerChain}, which it does not outlive.
   *
   * @param peerChain what the caller proved to hold the key of, leaf first; verified here again
   */
  public JwtSvid mint(List<X509Certificate> peerChain, JwtSvidRequest request) {
    Decision decision = new Decision("certificate", request.peer(), observer, clock);
    return decision.refusing(
        () ->
            gate.pass(
                request.peer(),
                () -> {
                  SpiffeId id = certified(peerChain, decision);
                  JwtSvidTemplate template =
                      TokenTerms.template(id, request, peerChain.get(0), clock.instant());
                  JwtSvid svid = tokens().mint(template);
                  decision.granted(svid);
                  return svid;
                }));
  }

  private JwtAuthority tokens() {
    if (jwtAuthority == null) {
      throw new RefusedException(RefusalReason.NOT_ALLOWED, "no tokens are issued here");
    }
    return jwtAuthority;
  }

  private static AttestationRequest evidence(
      String evidence, SvidRequest request, Decision decision) {
    Optional<String> key = CertificateRequest.claimedKeyDigest(request.csr());
    decision.claimedKey(key);
    return new AttestationRequest(evidence, key.orElse(""));
  }

  private X509Svid issue(
      AttestationResult proof, String keyDigest, SvidRequest request, Decision decision) {
    decision.attested(proof);
    SpiffeId id = authorization.ofEvidence(proof, decision);
    // Only now: before identity is proved the caller must not learn what else is wrong.
    SvidTemplate template = template(id, request);
    attestors.redeem(proof, keyDigest);
    return signed(template, decision);
  }

  private X509Svid renewed(
      List<X509Certificate> peerChain, SvidRequest request, Decision decision) {
    decision.claimedKey(CertificateRequest.claimedKeyDigest(request.csr()));
    return signed(template(certified(peerChain, decision), request), decision);
  }

  private SpiffeId certified(List<X509Certificate> peerChain, Decision decision) {
    SpiffeId id = verified(peerChain);
    BigInteger serial = peerChain.get(0).getSerialNumber();
    decision.certified(id, serial.toString(16));
    authorization.ofCertificate(id, serial, decision);
    return id;
  }

  private SpiffeId verified(List<X509Certificate> peerChain) {
    if (peerChain.isEmpty()) {
      throw new RefusedException(
          RefusalReason.NO_CREDENTIAL, "neither token nor client certificate");
    }
    try {
      return new X509SvidVerifier(authority.trustBundle(), clock).verify(peerChain);
    } catch (CertificateException e) {
      throw new RefusedException(
          RefusalReason.INVALID_CERTIFICATE, String.valueOf(e.getMessage()), e);
    }
  }

  private SvidTemplate template(SpiffeId id, SvidRequest request) {
    SvidTemplate.Builder template =
        SvidTemplate.builder().id(id).ttl(lifetimes.grant(request.validitySeconds()));
    CertificateRequest csr =
        provider == null
            ? CertificateRequest.parse(request.csr())
            : CertificateRequest.parse(request.csr(), provider);
    Authorization.checkAsked(id, csr, request);
    return template.publicKey(csr.publicKey()).build();
  }

  private X509Svid signed(SvidTemplate template, Decision decision) {
    X509Svid svid = authority.issue(template);
    decision.granted(svid);
    return svid;
  }

  /** A join that may wait for an answer. */
  private final class Exchange implements JoinExchange {

    private final String keyDigest;
    private final SvidRequest request;
    private final Decision decision;
    private @Nullable AttestationChallenge challenge;
    private @Nullable X509Svid svid;

    Exchange(String keyDigest, SvidRequest request, Decision decision) {
      this.keyDigest = keyDigest;
      this.request = request;
      this.decision = decision;
    }

    void proceed(Attestation attestation) {
      challenge =
          attestation
              .fold(Optional::of, result -> Optional.<AttestationChallenge>empty())
              .orElse(null);
      svid =
          attestation
              .fold(
                  unanswered -> Optional.<X509Svid>empty(),
                  result -> Optional.of(issue(result, keyDigest, request, decision)))
              .orElse(null);
    }

    @Override
    public Optional<String> challenge() {
      return Optional.ofNullable(challenge).map(AttestationChallenge::text);
    }

    @Override
    public void answer(String answer) {
      AttestationChallenge asked = challenge;
      if (asked == null) {
        throw new IllegalStateException("no challenge to answer");
      }
      challenge = null;
      decision.refusing(
          () ->
              gate.pass(
                  request.peer(),
                  () -> {
                    proceed(asked.answered().apply(answer));
                    return this;
                  }));
    }

    @Override
    public Optional<X509Svid> svid() {
      return Optional.ofNullable(svid);
    }

    @Override
    public void close() {
      decision.refused(RefusalReason.NO_ANSWER, "the challenge was not answered");
    }
  }

  /** Builds {@link SvidIssuer}. Not thread-safe. */
  public static final class Builder {

    private final CertificateAuthority authority;
    private final WorkloadGroups groups;
    private final SpiffeId controlPlaneId;
    private final List<Attestor> attestors = new ArrayList<>();
    private AdmissionPolicy admission = AdmissionPolicy.WITHOUT_RULES;
    private LifetimePolicy lifetimes = LifetimePolicy.DEFAULT;
    private RequestLimits limits = RequestLimits.DEFAULT;
    private InstantSource clock = InstantSource.system();
    private IssueObserver observer = IssueObserver.logging();
    private @Nullable BanList bans;
    private @Nullable JwtAuthority jwtAuthority;
    private @Nullable Provider provider;

    private Builder(
        CertificateAuthority authority, WorkloadGroups groups, SpiffeId controlPlaneId) {
      this.authority = requireNonNull(authority, "authority");
      this.groups = requireNonNull(groups, "groups");
      this.controlPlaneId = requireNonNull(controlPlaneId, "controlPlaneId");
    }

    /** Adds what judges one kind of evidence; without any, certificates can only be renewed. */
    public Builder attestor(Attestor attestor) {
      attestors.add(requireNonNull(attestor, "attestor"));
      return this;
    }

    /** Which selectors let into which group; by default no rules. */
    public Builder admission(AdmissionPolicy admission) {
      this.admission = requireNonNull(admission, "admission");
      return this;
    }

    /** How long certificates live. */
    public Builder lifetimes(LifetimePolicy lifetimes) {
      this.lifetimes = requireNonNull(lifetimes, "lifetimes");
      return this;
    }

    /** How much is taken on. */
    public Builder limits(RequestLimits limits) {
      this.limits = requireNonNull(limits, "limits");
      return this;
    }

    /** Who gets no certificate any more; by default nobody. */
    public Builder bans(BanList bans) {
      this.bans = requireNonNull(bans, "bans");
      return this;
    }

    /**
     * What verifies proofs of possession: e.g. a native provider, which may be faster. BouncyCastle
     * by default, which also does what {@code provider} lacks.
     */
    public Builder provider(Provider provider) {
      this.provider = requireNonNull(provider, "provider");
      return this;
    }

    /** What signs tokens; by default none are issued. */
    public Builder tokens(JwtAuthority authority) {
      this.jwtAuthority = requireNonNull(authority, "authority");
      return this;
    }

    /** The time of limits, audits, and the certificates that are renewed. */
    public Builder clock(InstantSource clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /** Is told of every decision; by default the log. */
    public Builder observer(IssueObserver observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    /**
     * Returns the issuer.
     *
     * @throws IllegalArgumentException if two attestors are of one kind
     */
    public SvidIssuer build() {
      return new SvidIssuer(this);
    }
  }
}
