package io.mooring.identity.attest.kubernetes;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.jwt.JwtVerifier;
import io.mooring.identity.attest.jwt.VerifiedJwt;

/**
 * Verifies a cluster's tokens by its published keys, without asking the cluster. Thread-safe.
 *
 * <p>A token counts until its end, even if its pod or account is deleted before.
 */
public final class OfflineTokenReviewer implements TokenReviewer {

  private static final String CLAIMS = "kubernetes.io";

  private final JwtVerifier verifier;

  /** Creates a reviewer; {@code verifier} knows the cluster's issuer, audience and keys. */
  public OfflineTokenReviewer(JwtVerifier verifier) {
    this.verifier = requireNonNull(verifier, "verifier");
  }

  @Override
  public ServiceAccount review(String token) {
    VerifiedJwt claims = verifier.verify(token);
    ServiceAccount account =
        ServiceAccount.of(
            claims.required("sub"),
            claims.text(CLAIMS, "pod", "name"),
            claims.text(CLAIMS, "pod", "uid"));
    if (!claims.required(CLAIMS, "namespace").equals(account.namespace())
        || !claims.required(CLAIMS, "serviceaccount", "name").equals(account.name())) {
      throw new RefusedException(
          RefusalReason.INVALID_EVIDENCE,
          "token of '" + claims.required("sub") + "' with claims of another account");
    }
    return account;
  }
}
