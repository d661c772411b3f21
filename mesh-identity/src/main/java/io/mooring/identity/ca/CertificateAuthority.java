package io.mooring.identity.ca;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;

/** SPI: signs the certificates of one trust domain. Thread-safe. */
public interface CertificateAuthority {

  /** Returns the roots that vouch for what {@link #issue} returns. */
  TrustBundle trustBundle();

  /**
   * Returns a new certificate for {@code template}, checked after it was signed: it has exactly the
   * template's names and key, and never outlives its issuer.
   *
   * @return leaf and intermediates, root left out, without a private key
   * @throws CertificateAuthorityException if it cannot sign, or what was signed is wrong; then
   *     nothing was issued
   */
  X509Svid issue(SvidTemplate template);
}
