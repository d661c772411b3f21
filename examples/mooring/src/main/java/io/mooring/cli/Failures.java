package io.mooring.cli;

import io.mooring.identity.agent.AddressInUseException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.ExitCode;

/** Turns what went wrong into a line for the user and an exit status. */
final class Failures {

  private Failures() {}

  /** Thrown by a command whose work failed; the message is all that the user needs. */
  static final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailedException(String message) {
      super(message);
    }
  }

  static int exitStatus(Throwable failure) {
    return failure instanceof AddressInUseException || hasCause(failure, BindException.class)
        ? ExitCode.USAGE
        : ExitCode.SOFTWARE;
  }

  static String message(Throwable failure) {
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      return file.getFile() + ": " + reason(file); // its message is the bare path
    }
    String own = failure.getMessage();
    return own == null || own.isBlank() ? failure.getClass().getSimpleName() : own;
  }

  private static String reason(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "exists already, and is not what is needed here";
    }
    return failure.getClass().getSimpleName();
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
