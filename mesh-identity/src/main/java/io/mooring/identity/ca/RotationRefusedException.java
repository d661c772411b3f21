package io.mooring.identity.ca;

/** Thrown for a step of a CA rotation that would cut somebody off, or has nothing to act on. */
public final class RotationRefusedException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  RotationRefusedException(String message) {
    super(message);
  }
}
