package io.mooring.examples.bookinfo.account;

/** A step saw something else than it expected. The message says both. */
public final class StepFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the failure: {@code what: 'seen' (expected: expected)}. */
  public StepFailedException(String what, Object seen, String expected) {
    super(what + ": '" + seen + "' (expected: " + expected + ")");
  }
}
