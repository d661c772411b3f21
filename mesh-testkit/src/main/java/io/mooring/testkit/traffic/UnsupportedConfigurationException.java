package io.mooring.testkit.traffic;

/**
 * The configuration asks for something that the simulation does not know. Thrown rather than
 * answering as if it were not there.
 */
public final class UnsupportedConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnsupportedConfigurationException(String where, String what) {
    super(where + ": " + what + " is not simulated");
  }
}
