package io.mooring.model.spiffe;

/**
 * Thrown for text that is no SPIFFE ID or trust domain; the message has the text and what was
 * expected.
 */
public final class InvalidSpiffeIdException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception for {@code value}, of which {@code problem} says what is wrong. */
  public InvalidSpiffeIdException(String value, String problem) {
    super("invalid SPIFFE ID '" + value + "': " + problem);
  }
}
