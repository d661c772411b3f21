package io.mooring.identity.agent.workload;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;

/**
 * Refuses calls without the metadata {@code workload.spiffe.io: true}: what only imitates a client,
 * such as a proxy that somebody makes forward a request, does not set it (SPIFFE Workload Endpoint
 * 3 and 6.1). Stateless.
 */
final class SecurityHeader implements ServerInterceptor {

  static final Metadata.Key<String> KEY =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);
  static final String VALUE = "true"; // case-sensitive

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Iterable<String> values = headers.getAll(KEY);
    if (values != null && List.of(VALUE).equals(copy(values))) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.INVALID_ARGUMENT.withDescription(
            "security header missing (expected: metadata '" + KEY.name() + ": " + VALUE + "')"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private static List<String> copy(Iterable<String> values) {
    List<String> copy = new ArrayList<>();
    values.forEach(copy::add);
    return copy;
  }
}
