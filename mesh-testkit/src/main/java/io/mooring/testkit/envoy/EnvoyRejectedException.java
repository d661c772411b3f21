package io.mooring.testkit.envoy;

/** Thrown where Envoy refuses a configuration; the message is Envoy's own. */
public final class EnvoyRejectedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  EnvoyRejectedException(String message) {
    super(message);
  }
}
