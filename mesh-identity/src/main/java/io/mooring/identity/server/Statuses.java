package io.mooring.identity.server;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.InvalidCertificateRequestException;
import io.mooring.identity.issue.InvalidLifetimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What callers learn of a failure. Pure, but for the log. */
final class Statuses {

  private static final Logger LOG = LoggerFactory.getLogger(CertificateService.class);

  private Statuses() {}

  /** Returns what a caller learns before it has proved an identity, whatever is wrong. */
  static StatusRuntimeException uncertified(RefusedException e) {
    Status status =
        switch (e.reason()) {
          case UNAVAILABLE -> Status.UNAVAILABLE.withDescription("try again");
          case RATE_LIMITED -> Status.RESOURCE_EXHAUSTED.withDescription("try again later");
          default -> Status.UNAUTHENTICATED.withDescription("join refused");
        };
    return status.asRuntimeException();
  }

  /** Returns what a caller with a valid certificate learns. */
  static StatusRuntimeException certified(RefusedException e) {
    return switch (e.reason()) {
      case UNAVAILABLE, RATE_LIMITED, NO_CREDENTIAL, INVALID_CERTIFICATE -> uncertified(e);
      case BAD_REQUEST, BAD_LIFETIME ->
          Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
      default ->
          Status.PERMISSION_DENIED.withDescription(e.reason().toString()).asRuntimeException();
    };
  }

  /** Returns the status of anything else that went wrong. */
  static StatusRuntimeException of(RuntimeException e) {
    if (e instanceof StatusRuntimeException status) {
      return status;
    }
    if (e instanceof RefusedException refused) {
      return uncertified(refused);
    }
    if (e instanceof InvalidCertificateRequestException || e instanceof InvalidLifetimeException) {
      return Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
    }
    LOG.error("certificate not issued hint=\"check the CA's key, its end, and the disk\"", e);
    return Status.INTERNAL.withDescription("certificate not issued").asRuntimeException();
  }
}
