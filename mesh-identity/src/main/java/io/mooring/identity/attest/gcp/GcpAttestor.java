package io.mooring.identity.attest.gcp;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.ReplayStore;
import io.mooring.identity.attest.Selector;
import io.mooring.identity.attest.jwt.JwkSource;
import io.mooring.identity.attest.jwt.JwtVerifier;
import io.mooring.identity.attest.jwt.VerifiedJwt;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets Compute Engine instances in by their identity token, each once. Thread-safe.
 *
 * <p>The evidence is what the metadata service returns for {@code
 * instance/service-accounts/default/identity?audience=...&format=full}; also as a bearer
 * credential, as Istio's agents show it with {@code CREDENTIAL_FETCHER_TYPE=GoogleComputeEngine}.
 *
 * <p>Selectors: {@code gcp:project}, {@code zone}, {@code instance}, {@code instance-name}, {@code
 * service-account} (its e-mail address).
 *
 * @see <a
 *     href="https://cloud.google.com/compute/docs/instances/verifying-instance-identity">Verifying
 *     instance identity</a>
 */
public final class GcpAttestor implements Attestor {

  /** The kind of the evidence. */
  public static final String KIND = "gcp";

  /** Where Google publishes the keys of these tokens. */
  public static final URI KEYS = URI.create("https://www.googleapis.com/oauth2/v3/certs");

  private static final String ISSUER = "https://accounts.google.com";
  private static final Duration SKEW = Duration.ofMinutes(5);

  private final GcpPolicy policy;
  private final JwtVerifier verifier;
  private final ReplayStore uses;
  private final InstantSource clock;

  /**
   * Creates an attestor.
   *
   * @param policy who may join
   * @param audience what tokens must be for
   * @param keys Google's keys, in production those at {@link #KEYS}
   * @param uses remembers the instances that have joined
   * @param clock the time
   */
  public GcpAttestor(
      GcpPolicy policy, String audience, JwkSource keys, ReplayStore uses, InstantSource clock) {
    this.policy = requireNonNull(policy, "policy");
    this.verifier = new JwtVerifier(ISSUER, audience, keys, clock);
    this.uses = requireNonNull(uses, "uses");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public boolean recognizes(String bearer) {
    return verifier.isIssuer(bearer);
  }

  @Override
  public AttestationResult attest(AttestationRequest request) {
    VerifiedJwt token = verifier.verify(request.evidence());
    String project = instance(token, "project_id");
    String zone = instance(token, "zone");
    String instance = instance(token, "instance_id");
    checkPolicy(project, zone);
    checkAge(token, clock.instant());
    String id = String.join("/", KIND + ":" + project, zone, instance);
    uses.check(id, request.keyDigest());
    Set<Selector> selectors = new TreeSet<>();
    selectors.add(new Selector(KIND, "project", project));
    selectors.add(new Selector(KIND, "zone", zone));
    selectors.add(new Selector(KIND, "instance", instance));
    selectors.add(new Selector(KIND, "instance-name", instance(token, "instance_name")));
    token.text("email").ifPresent(e -> selectors.add(new Selector(KIND, "service-account", e)));
    return new AttestationResult(id, selectors);
  }

  @Override
  public void redeem(AttestationResult result, String keyDigest) {
    uses.use(result.evidenceId(), keyDigest);
  }

  /** Tokens of {@code format=standard} have none of these, for they are not of an instance. */
  private static String instance(VerifiedJwt token, String field) {
    return token.required("google", "compute_engine", field);
  }

  private void checkPolicy(String project, String zone) {
    if (!policy.projects().contains(project)) {
      throw notAllowed("project '" + project + "' (expected: one of " + policy.projects() + ")");
    }
    if (!policy.zones().isEmpty() && !policy.zones().contains(zone)) {
      throw notAllowed("zone '" + zone + "' (expected: one of " + policy.zones() + ")");
    }
  }

  private void checkAge(VerifiedJwt token, Instant now) {
    Instant created;
    try {
      created =
          token
              .number("google", "compute_engine", "instance_creation_timestamp")
              .map(Instant::ofEpochSecond)
              .orElse(Instant.MAX);
    } catch (DateTimeException e) {
      created = Instant.MAX;
    }
    if (created.isAfter(now.plus(SKEW)) || !now.isBefore(created.plus(policy.maxAge()))) {
      throw new RefusedException(
          RefusalReason.STALE_EVIDENCE,
          "instance created at "
              + (created.equals(Instant.MAX) ? "an unknown time" : created)
              + ", it is "
              + now
              + " (expected: within "
              + policy.maxAge()
              + ")");
    }
  }

  private static RefusedException notAllowed(String detail) {
    return new RefusedException(RefusalReason.NOT_ALLOWED, detail);
  }
}
