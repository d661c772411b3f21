package io.mooring.identity.server;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Value;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.api.IstioCertificateRequest;
import io.mooring.identity.api.IstioCertificateResponse;
import io.mooring.identity.api.IstioCertificateServiceGrpc;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.issue.SvidIssuer;
import io.mooring.identity.issue.SvidRequest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Istio's certificate service ({@code istio.v1.auth.IstioCertificateService}) over a {@link
 * SvidIssuer}. Thread-safe; an unmodified Istio agent can use it.
 *
 * <p>A caller shows evidence ({@code authorization: Bearer}: a join token, or a token that another
 * attestor recognizes) or the client certificate of its connection. Where it shows both, the token
 * counts, unless it is refused: agents go on sending a token that they have used.
 *
 * <p>Who has not proved an identity learns {@code UNAUTHENTICATED: join refused}, whatever is
 * wrong. A valid certificate without a group gets {@code PERMISSION_DENIED} with the reason's code;
 * a proved caller that asks wrongly gets {@code INVALID_ARGUMENT}.
 */
public final class CertificateService implements BindableService {

  private static final String IMPERSONATED = "ImpersonatedIdentity"; // pkg/security/security.go

  private final SvidIssuer issuer;

  /** Creates the service. */
  public CertificateService(SvidIssuer issuer) {
    this.issuer = requireNonNull(issuer, "issuer");
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(new Handler(), CallerEvidence.interceptor());
  }

  private IstioCertificateResponse answer(IstioCertificateRequest request) {
    CallerEvidence caller = CallerEvidence.current();
    X509Svid svid =
        issue(
            caller,
            new SvidRequest(
                request.getCsr(),
                request.getValidityDuration(),
                caller.peer(),
                impersonated(request)));
    IstioCertificateResponse.Builder response = IstioCertificateResponse.newBuilder();
    for (X509Certificate certificate : svid.chain()) {
      response.addCertChain(Pem.encode(List.of(certificate)));
    }
    return response.addCertChain(issuer.trustBundlePem()).build();
  }

  /** Istio lets some node agents speak for others; here nobody may, and asking is refused. */
  private static Optional<String> impersonated(IstioCertificateRequest request) {
    Value identity = request.getMetadata().getFieldsMap().get(IMPERSONATED);
    return identity == null || identity.getStringValue().isEmpty()
        ? Optional.empty()
        : Optional.of(identity.getStringValue());
  }

  private X509Svid issue(CallerEvidence caller, SvidRequest request) {
    if (caller.bearer().isPresent()) {
      try {
        return issuer.join(caller.bearer().get(), request);
      } catch (RefusedException e) {
        if (caller.chain().isEmpty() || e.reason() == RefusalReason.RATE_LIMITED) {
          throw Statuses.uncertified(e);
        }
      }
    }
    try {
      return issuer.renew(caller.chain(), request);
    } catch (RefusedException e) {
      throw Statuses.certified(e);
    }
  }

  /** The gRPC side: one answer or one status. */
  private final class Handler extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {
    @Override
    public void createCertificate(
        IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> reply) {
      IstioCertificateResponse response;
      try {
        response = answer(request);
      } catch (RuntimeException e) {
        reply.onError(Statuses.of(e));
        return;
      }
      reply.onNext(response);
      reply.onCompleted();
    }
  }
}
