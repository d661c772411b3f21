package io.mooring.identity.attest.kubernetes;

import io.mooring.identity.attest.RefusedException;

/** SPI: tells whom a cluster's token speaks for. Thread-safe. */
@FunctionalInterface
public interface TokenReviewer {

  /**
   * Returns the account of {@code token}.
   *
   * @throws RefusedException if the token is not the cluster's, not for us, or out of its time; or
   *     if that cannot be found out now
   */
  ServiceAccount review(String token);
}
