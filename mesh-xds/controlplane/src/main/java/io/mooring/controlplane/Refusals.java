package io.mooring.controlplane;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.mooring.identity.enroll.EnrollmentRefusedException;
import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;

/**
 * How a certified VM is told that it may not be what it claims: a status whose description begins
 * with the reason's code, and that carries it once more as a {@code google.rpc.ErrorInfo} of domain
 * {@code mooring.io}, for programs. Stateless.
 */
final class Refusals {

  private static final String DOMAIN = "mooring.io";
  private static final String ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo";
  private static final int REASON_FIELD = 1;
  private static final int DOMAIN_FIELD = 2;

  private Refusals() {}

  /** UNAVAILABLE is for trying again; all else needs somebody to change something. */
  static StatusRuntimeException status(Reason reason, String text) {
    Status.Code code =
        reason == Reason.UNAVAILABLE ? Status.Code.UNAVAILABLE : Status.Code.PERMISSION_DENIED;
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(text.isEmpty() ? reason.toString() : reason + ": " + text)
            .addDetails(errorInfo(reason))
            .build());
  }

  /** Written by hand: the generated class would need a newer Protobuf than embedders may have. */
  private static Any errorInfo(Reason reason) {
    UnknownFieldSet info =
        UnknownFieldSet.newBuilder()
            .addField(REASON_FIELD, text(reason.name()))
            .addField(DOMAIN_FIELD, text(DOMAIN))
            .build();
    return Any.newBuilder().setTypeUrl(ERROR_INFO).setValue(info.toByteString()).build();
  }

  private static UnknownFieldSet.Field text(String text) {
    return UnknownFieldSet.Field.newBuilder()
        .addLengthDelimited(ByteString.copyFromUtf8(text))
        .build();
  }

  /** The details of an enrolment stay in our log: they tell of groups and other VMs. */
  static StatusRuntimeException status(EnrollmentRefusedException refused) {
    return status(refused.reason(), "");
  }
}
