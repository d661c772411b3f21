package io.mooring.identity.agent.workload;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.BundleSet;
import io.mooring.identity.InvalidJwtSvidException;
import io.mooring.identity.JwtSvidVerifier;
import io.mooring.identity.agent.svid.Credentials;
import io.mooring.identity.api.workload.JWTBundlesRequest;
import io.mooring.identity.api.workload.JWTBundlesResponse;
import io.mooring.identity.api.workload.JWTSVIDRequest;
import io.mooring.identity.api.workload.JWTSVIDResponse;
import io.mooring.identity.api.workload.SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase;
import io.mooring.identity.api.workload.ValidateJWTSVIDRequest;
import io.mooring.identity.api.workload.ValidateJWTSVIDResponse;
import io.mooring.identity.api.workload.X509BundlesRequest;
import io.mooring.identity.api.workload.X509BundlesResponse;
import io.mooring.identity.api.workload.X509SVIDRequest;
import io.mooring.identity.api.workload.X509SVIDResponse;
import io.mooring.model.spiffe.SpiffeId;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC side of the Workload API. Confined to the server's thread. */
final class WorkloadApiService extends SpiffeWorkloadAPIImplBase {

  private static final Logger log = LoggerFactory.getLogger(WorkloadApiService.class);

  private final JwtSvidVerifier verifier;
  private final JwtSvidCache jwtSvids;
  private final Set<Feed<?>> feeds = new LinkedHashSet<>();
  private Credentials credentials;

  /**
   * Creates the service.
   *
   * @param minting where the source may block
   * @param thread the server's
   */
  WorkloadApiService(
      Credentials credentials,
      JwtSvidSource source,
      Executor minting,
      Executor thread,
      InstantSource clock) {
    this.credentials = credentials;
    this.jwtSvids = new JwtSvidCache(source, minting, thread, clock);
    this.verifier = new JwtSvidVerifier(() -> BundleSet.of(this.credentials.bundles()), clock);
  }

  void serve(Credentials changed) {
    credentials = changed;
    feeds.forEach(feed -> feed.offer(changed));
  }

  void end() {
    feeds.forEach(Feed::end);
    feeds.clear();
  }

  @Override
  public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> responses) {
    feed(responses, X509Profile::svids);
  }

  @Override
  public void fetchX509Bundles(
      X509BundlesRequest request, StreamObserver<X509BundlesResponse> responses) {
    feed(responses, X509Profile::bundles);
  }

  @Override
  public void fetchJWTBundles(
      JWTBundlesRequest request, StreamObserver<JWTBundlesResponse> responses) {
    feed(responses, JwtProfile::bundles);
  }

  @Override
  public void fetchJWTSVID(JWTSVIDRequest request, StreamObserver<JWTSVIDResponse> response) {
    Set<String> audience = new TreeSet<>(request.getAudienceList());
    if (audience.isEmpty() || audience.contains("")) {
      refuse(response, "audience is mandatory, and none may be empty");
      return;
    }
    if (!request.getSpiffeId().isEmpty() && !isOurs(request.getSpiffeId(), response)) {
      return;
    }
    jwtSvids
        .get(List.copyOf(audience))
        .whenComplete(
            (svid, failure) -> {
              if (failure == null) {
                response.onNext(JwtProfile.svid(svid));
                response.onCompleted();
              } else {
                log.debug("event=jwt_svid_failed", failure);
                response.onError(
                    Status.UNAVAILABLE
                        .withDescription("no JWT-SVID now, the control plane gave none")
                        .asRuntimeException());
              }
            });
  }

  private boolean isOurs(String wanted, StreamObserver<?> response) {
    try {
      if (SpiffeId.parse(wanted).equals(credentials.svid().id())) {
        return true;
      }
      response.onError(
          Status.PERMISSION_DENIED
              .withDescription("the caller has no identity of this name")
              .asRuntimeException());
    } catch (IllegalArgumentException e) {
      refuse(response, "spiffe_id: " + e.getMessage());
    }
    return false;
  }

  @Override
  public void validateJWTSVID(
      ValidateJWTSVIDRequest request, StreamObserver<ValidateJWTSVIDResponse> response) {
    if (request.getAudience().isEmpty() || request.getSvid().isEmpty()) {
      refuse(response, "audience and svid are mandatory");
      return;
    }
    try {
      response.onNext(
          JwtProfile.validated(verifier.verify(request.getSvid(), request.getAudience())));
      response.onCompleted();
    } catch (InvalidJwtSvidException e) {
      refuse(response, String.valueOf(e.getMessage()));
    }
  }

  private static void refuse(StreamObserver<?> response, String problem) {
    response.onError(Status.INVALID_ARGUMENT.withDescription(problem).asRuntimeException());
  }

  private <R> void feed(StreamObserver<R> responses, Function<Credentials, R> messageOf) {
    ServerCallStreamObserver<R> call = (ServerCallStreamObserver<R>) responses;
    Feed<R> feed = new Feed<>(call, messageOf);
    feeds.add(feed);
    call.setOnCancelHandler(() -> feeds.remove(feed));
    call.setOnReadyHandler(feed::flush);
    feed.offer(credentials);
  }
}
