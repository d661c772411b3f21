package io.mooring.identity.ca;

import io.mooring.identity.JwtSvid;

/** SPI: signs the JWT-SVIDs of one trust domain. Thread-safe. */
public interface JwtAuthority {

  /**
   * Returns a new token for {@code template}, verified after it was signed. Its key is in the trust
   * bundle of the domain already.
   *
   * @throws CertificateAuthorityException if it cannot sign, or what was signed is wrong; then
   *     nothing was issued
   */
  JwtSvid mint(JwtSvidTemplate template);
}
