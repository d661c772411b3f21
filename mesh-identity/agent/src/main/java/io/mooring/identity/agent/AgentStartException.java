package io.mooring.identity.agent;

import org.jspecify.annotations.Nullable;

/** Thrown when an agent cannot start; the message has the reason and what to do, never a secret. */
public class AgentStartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AgentStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
