package io.mooring.identity.agent;

import java.nio.file.FileSystemException;

/** What to tell somebody about an exception whose own message may be too short, or none. */
final class FailureText {

  private FailureText() {}

  /**
   * Returns the message of {@code failure}, with its kind where that is all that says what failed.
   */
  static String of(Throwable failure) {
    String message = failure.getMessage();
    if (message == null) {
      return failure.toString();
    }
    boolean onlyAPath = failure instanceof FileSystemException file && file.getReason() == null;
    return onlyAPath ? failure.getClass().getSimpleName() + ": " + message : message;
  }
}
