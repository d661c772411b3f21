package io.mooring.identity.agent.envoy;

/** Thrown when Envoy does not come up; the message ends with its last words. */
public final class EnvoyFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  EnvoyFailedException(String message) {
    super(message);
  }
}
