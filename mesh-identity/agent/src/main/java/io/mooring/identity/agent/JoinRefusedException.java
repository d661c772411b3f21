package io.mooring.identity.agent;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when this VM is not let in, or does not trust who answers: another attempt with the same
 * bundle will not help.
 */
public final class JoinRefusedException extends AgentStartException {

  private static final long serialVersionUID = 1L;

  JoinRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
