package io.mooring.identity.agent;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when an address of this VM is taken, by another agent or by another program. Two Envoys
 * would share a port without a word, each getting some of the connections.
 */
public final class AddressInUseException extends AgentStartException {

  private static final long serialVersionUID = 1L;

  AddressInUseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
