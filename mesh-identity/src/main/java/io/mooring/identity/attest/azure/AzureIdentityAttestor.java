package io.mooring.identity.attest.azure;

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
import java.time.InstantSource;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets Azure VMs of one tenant in by the token of their system-assigned managed identity, each
 * once. Thread-safe.
 *
 * <p>The evidence is the {@code access_token} that the metadata service returns for {@code
 * /metadata/identity/oauth2/token?resource=...}. Identities that several machines can share, and
 * those of scale sets, are refused: they tell no machine apart.
 *
 * <p>Selectors: {@code azure-identity:tenant}, {@code subscription}, {@code resource-group}, {@code
 * vm-name}, {@code principal}.
 */
public final class AzureIdentityAttestor implements Attestor {

  /** The kind of the evidence. */
  public static final String KIND = "azure-identity";

  private static final Pattern VM =
      Pattern.compile(
          "/subscriptions/([0-9a-f-]{36})/resourcegroups/([^/]{1,90})"
              + "/providers/microsoft\\.compute/virtualmachines/([^/]{1,64})");

  private final String tenant;
  private final Set<String> subscriptions;
  private final JwtVerifier verifier;
  private final ReplayStore uses;

  /**
   * Creates an attestor.
   *
   * @param tenant the id of the Entra tenant, a UUID in lower case
   * @param resource the resource that tokens must be for
   * @param subscriptions which subscriptions' VMs may join, at least one
   * @param keys the tenant's keys, in production those at {@code
   *     https://login.microsoftonline.com/TENANT/discovery/keys}
   * @param uses remembers the VMs that have joined
   * @param clock the time
   */
  public AzureIdentityAttestor(
      String tenant,
      String resource,
      Set<String> subscriptions,
      JwkSource keys,
      ReplayStore uses,
      InstantSource clock) {
    this.tenant = tenant;
    this.subscriptions = Collections.unmodifiableSet(new TreeSet<>(subscriptions));
    this.verifier =
        new JwtVerifier("https://sts.windows.net/" + tenant + "/", resource, keys, clock);
    this.uses = requireNonNull(uses, "uses");
    if (!AttestedDocument.UUID.matcher(tenant).matches() || this.subscriptions.isEmpty()) {
      throw new IllegalArgumentException(
          "tenant '"
              + tenant
              + "', subscriptions "
              + subscriptions
              + " (expected: a UUID, at least one)");
    }
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
    if (!token.required("tid").equals(tenant)) {
      throw refused("token of tenant '" + token.required("tid") + "' (expected: '" + tenant + "')");
    }
    String resource = token.required("xms_mirid");
    Matcher vm = VM.matcher(resource.toLowerCase(Locale.ROOT)); // Azure's names ignore case
    if (!vm.matches()) {
      throw refused("identity of '" + resource + "' (expected: a virtual machine)");
    }
    if (!subscriptions.contains(vm.group(1))) {
      throw new RefusedException(
          RefusalReason.NOT_ALLOWED,
          "subscription '" + vm.group(1) + "' (expected: one of " + subscriptions + ")");
    }
    String principal = token.required("sub");
    String id = KIND + ":" + tenant + "/" + principal;
    uses.check(id, request.keyDigest());
    Set<Selector> selectors = new TreeSet<>();
    selectors.add(new Selector(KIND, "tenant", tenant));
    selectors.add(new Selector(KIND, "subscription", vm.group(1)));
    selectors.add(new Selector(KIND, "resource-group", vm.group(2)));
    selectors.add(new Selector(KIND, "vm-name", vm.group(3)));
    selectors.add(new Selector(KIND, "principal", principal));
    return new AttestationResult(id, selectors);
  }

  @Override
  public void redeem(AttestationResult result, String keyDigest) {
    uses.use(result.evidenceId(), keyDigest);
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(RefusalReason.INVALID_EVIDENCE, detail);
  }
}
