package io.mooring.identity.server;

import static java.util.Objects.requireNonNull;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.api.FetchTrustBundleRequest;
import io.mooring.identity.api.FetchTrustBundleResponse;
import io.mooring.identity.api.TrustBundleServiceGrpc.TrustBundleServiceImplBase;
import java.util.function.Supplier;

/**
 * Tells whoever asks which keys vouch for the trust domain now. Thread-safe. A bundle is public;
 * what makes it trustworthy is the connection that it comes by.
 */
public final class TrustBundleService implements BindableService {

  private final Supplier<TrustBundle> bundle;

  /**
   * Creates the service.
   *
   * @param bundle the bundle of now; asked at every call
   */
  public TrustBundleService(Supplier<TrustBundle> bundle) {
    this.bundle = requireNonNull(bundle, "bundle");
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new Handler().bindService();
  }

  private final class Handler extends TrustBundleServiceImplBase {
    @Override
    public void fetchTrustBundle(
        FetchTrustBundleRequest request, StreamObserver<FetchTrustBundleResponse> response) {
      TrustBundle now = bundle.get();
      response.onNext(
          FetchTrustBundleResponse.newBuilder()
              .setTrustDomain(now.trustDomain().name())
              .setBundle(now.toJson())
              .build());
      response.onCompleted();
    }
  }
}
