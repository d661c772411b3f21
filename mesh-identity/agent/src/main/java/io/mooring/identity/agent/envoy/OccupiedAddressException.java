package io.mooring.identity.agent.envoy;

import java.io.IOException;

/** Thrown for an address of this VM that somebody else on this machine uses. */
public final class OccupiedAddressException extends IOException {

  private static final long serialVersionUID = 1L;

  OccupiedAddressException(String message, IOException cause) {
    super(message, cause);
  }
}
