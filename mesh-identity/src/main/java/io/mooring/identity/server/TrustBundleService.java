package io.mooring.identity.server;

import static java.util.Objects.requireNonNull;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.api.TrustBundleServiceGrpc;
import io.mooring.identity.api.TrustBundleUpdate;
import io.mooring.identity.api.WatchTrustBundleRequest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pushes each new trust bundle to the VMs that run, so that they know a root before it signs, and
 * those of the domains that the mesh federates with. Thread-safe. A caller without a client
 * certificate is refused.
 */
public final class TrustBundleService implements BindableService {

  private final Supplier<TrustBundle> bundle;
  private final Supplier<BundleSet> federated;
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

  /**
   * Creates the service.
   *
   * @param bundle the bundle of now
   * @param federated those of the domains that the mesh federates with
   */
  public TrustBundleService(Supplier<TrustBundle> bundle, Supplier<BundleSet> federated) {
    this.bundle = requireNonNull(bundle, "bundle");
    this.federated = requireNonNull(federated, "federated");
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(new Handler(), CallerEvidence.interceptor());
  }

  /** Sends the bundle of now to all who do not have it yet; to be called after each change. */
  public void changed() {
    watches.forEach(Watch::send);
  }

  private TrustBundleUpdate update() {
    TrustBundle own = bundle.get();
    BundleSet others = federated.get();
    return TrustBundleUpdate.newBuilder()
        .setTrustDomain(own.trustDomain().name())
        .setBundle(own.toJson())
        .setFederatedBundles(others.equals(BundleSet.EMPTY) ? "" : others.toJson())
        .build();
  }

  /** One caller. */
  private final class Watch {
    private final StreamObserver<TrustBundleUpdate> updates;
    private @Nullable TrustBundleUpdate sent;

    Watch(StreamObserver<TrustBundleUpdate> updates) {
      this.updates = updates;
    }

    /** Reads the bundle inside: whichever of two threads comes last sends the newest. */
    synchronized void send() {
      TrustBundleUpdate now = update();
      if (now.equals(sent)) {
        return;
      }
      sent = now;
      try {
        updates.onNext(now);
      } catch (StatusRuntimeException | IllegalStateException e) {
        watches.remove(this); // the call has ended; that is its caller's business
      }
    }
  }

  /** The gRPC side. */
  private final class Handler extends TrustBundleServiceGrpc.TrustBundleServiceImplBase {
    @Override
    public void watchTrustBundle(
        WatchTrustBundleRequest request, StreamObserver<TrustBundleUpdate> updates) {
      if (CallerEvidence.current().chain().isEmpty()) {
        updates.onError(
            Status.UNAUTHENTICATED.withDescription("no client certificate").asRuntimeException());
        return;
      }
      Watch watch = new Watch(updates);
      ((ServerCallStreamObserver<TrustBundleUpdate>) updates)
          .setOnCancelHandler(() -> watches.remove(watch));
      watches.add(watch);
      watch.send();
    }
  }
}
