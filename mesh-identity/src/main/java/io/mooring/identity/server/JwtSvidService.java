package io.mooring.identity.server;

import static java.util.Objects.requireNonNull;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.api.JwtSvidServiceGrpc;
import io.mooring.identity.api.MintJwtSvidRequest;
import io.mooring.identity.api.MintJwtSvidResponse;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.issue.JwtSvidRequest;
import io.mooring.identity.issue.SvidIssuer;

/**
 * Gives workloads tokens of their own identity ({@code mooring.identity.v1.JwtSvidService}), over a
 * {@link SvidIssuer}. Thread-safe.
 *
 * <p>The identity is that of the connection's client certificate; nothing in the request changes
 * it. Without a valid one the caller learns {@code UNAUTHENTICATED: join refused}.
 */
public final class JwtSvidService implements BindableService {

  private final SvidIssuer issuer;

  /** Creates the service. */
  public JwtSvidService(SvidIssuer issuer) {
    this.issuer = requireNonNull(issuer, "issuer");
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(new Handler(), CallerEvidence.interceptor());
  }

  private MintJwtSvidResponse answer(MintJwtSvidRequest request) {
    CallerEvidence caller = CallerEvidence.current();
    JwtSvid svid =
        issuer.mint(
            caller.chain(),
            new JwtSvidRequest(
                request.getAudienceList(), request.getValiditySeconds(), caller.peer()));
    return MintJwtSvidResponse.newBuilder()
        .setSpiffeId(svid.id().toString())
        .setToken(svid.reveal())
        .setExpiresAt(svid.expiresAt().getEpochSecond())
        .build();
  }

  /** The gRPC side: one answer or one status. */
  private final class Handler extends JwtSvidServiceGrpc.JwtSvidServiceImplBase {
    @Override
    public void mintJwtSvid(MintJwtSvidRequest request, StreamObserver<MintJwtSvidResponse> reply) {
      MintJwtSvidResponse response;
      try {
        response = answer(request);
      } catch (RefusedException e) {
        reply.onError(Statuses.certified(e));
        return;
      } catch (RuntimeException e) {
        reply.onError(Statuses.of(e));
        return;
      }
      reply.onNext(response);
      reply.onCompleted();
    }
  }
}
