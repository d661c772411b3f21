package io.mooring.identity.server;

import static java.util.Objects.requireNonNull;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.Pem;
import io.mooring.identity.X509Svid;
import io.mooring.identity.api.IstioCertificateRequest;
import io.mooring.identity.api.IstioCertificateResponse;
import io.mooring.identity.api.IstioCertificateServiceGrpc;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.ca.InvalidCertificateRequestException;
import io.mooring.identity.issue.InvalidLifetimeException;
import io.mooring.identity.issue.SvidIssuer;
import io.mooring.identity.issue.SvidRequest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Istio's certificate service ({@code istio.v1.auth.IstioCertificateService}) over a {@link
 * SvidIssuer}. Thread-safe; an unmodified Istio agent can use it.
 *
 * <p>A caller shows a join token ({@code authorization: Bearer}) or the client certificate of its
 * connection. Where it shows both, the token counts, unless it is refused: agents go on sending a
 * token that they have used.
 *
 * <p>Who has not proved an identity learns {@code UNAUTHENTICATED: join refused}, whatever is
 * wrong. A valid certificate without a group gets {@code PERMISSION_DENIED} with the reason's code;
 * a proved caller that asks wrongly gets {@code INVALID_ARGUMENT}.
 */
public final class CertificateService implements BindableService {

  private static final Logger LOG = LoggerFactory.getLogger(CertificateService.class);

  /** Reasons that leave the holder of a client certificate unproved. */
  private static final Set<RefusalReason> NOT_CERTIFIED =
      Set.of(RefusalReason.NO_CREDENTIAL, RefusalReason.INVALID_CERTIFICATE);

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
            new SvidRequest(request.getCsr(), request.getValidityDuration(), caller.peer()));
    IstioCertificateResponse.Builder response = IstioCertificateResponse.newBuilder();
    for (X509Certificate certificate : svid.chain()) {
      response.addCertChain(Pem.encode(List.of(certificate)));
    }
    return response.addCertChain(issuer.trustBundlePem()).build();
  }

  private X509Svid issue(CallerEvidence caller, SvidRequest request) {
    if (caller.bearer().isPresent()) {
      try {
        return issuer.join(caller.bearer().get(), request);
      } catch (RefusedException e) {
        if (caller.chain().isEmpty() || e.reason() == RefusalReason.UNAVAILABLE) {
          throw uncertified(e);
        }
      }
    }
    try {
      return issuer.renew(caller.chain(), request);
    } catch (RefusedException e) {
      throw NOT_CERTIFIED.contains(e.reason()) ? uncertified(e) : certified(e);
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
        reply.onError(status(e));
        return;
      }
      reply.onNext(response);
      reply.onCompleted();
    }
  }

  /** What a caller learns before it has proved an identity, whatever is wrong. */
  private static StatusRuntimeException uncertified(RefusedException e) {
    Status status =
        e.reason() == RefusalReason.UNAVAILABLE
            ? Status.UNAVAILABLE.withDescription("try again")
            : Status.UNAUTHENTICATED.withDescription("join refused");
    return status.asRuntimeException();
  }

  private static StatusRuntimeException certified(RefusedException e) {
    return Status.PERMISSION_DENIED.withDescription(e.reason().toString()).asRuntimeException();
  }

  private static StatusRuntimeException status(RuntimeException e) {
    if (e instanceof StatusRuntimeException status) {
      return status;
    }
    if (e instanceof InvalidCertificateRequestException || e instanceof InvalidLifetimeException) {
      return Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
    }
    LOG.error("certificate not issued hint=\"check the CA's key, its end, and the disk\"", e);
    return Status.INTERNAL.withDescription("certificate not issued").asRuntimeException();
  }
}
