package io.mooring.identity.attest.oidc;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.Selector;
import io.mooring.identity.attest.jwt.JwtVerifier;
import io.mooring.identity.attest.jwt.VerifiedJwt;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets the subjects of an OpenID Connect issuer in that a rule names. Thread-safe. A token may be
 * shown again until it ends.
 *
 * <p>Selectors: {@code KIND:subject:...}, and {@code KIND:NAME:...} for each further claim that is
 * asked for and present as a string.
 */
public final class OidcAttestor implements Attestor {

  private final String kind;
  private final JwtVerifier verifier;
  private final List<String> claims;

  /**
   * Creates an attestor.
   *
   * @param kind the name of this issuer, {@code oidc} if there is one alone
   * @param verifier knows issuer, audience and keys
   * @param claims further claims that become selectors: names of lower-case letters, digits and
   *     dashes, with {@code _} for {@code -} in tokens
   */
  public OidcAttestor(String kind, JwtVerifier verifier, List<String> claims) {
    this.kind = requireNonNull(kind, "kind");
    this.verifier = requireNonNull(verifier, "verifier");
    this.claims = List.copyOf(claims);
    claims.forEach(claim -> new Selector(kind, claim, "checked"));
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public boolean recognizes(String bearer) {
    return verifier.isIssuer(bearer);
  }

  @Override
  public AttestationResult attest(AttestationRequest request) {
    VerifiedJwt token = verifier.verify(request.evidence());
    String subject = token.required("sub");
    Set<Selector> selectors = new TreeSet<>();
    selectors.add(new Selector(kind, "subject", subject));
    for (String claim : claims) {
      token
          .text(claim)
          .or(() -> token.text(claim.replace('-', '_')))
          .ifPresent(value -> selectors.add(new Selector(kind, claim, value)));
    }
    return new AttestationResult(kind + ":" + subject, selectors);
  }
}
