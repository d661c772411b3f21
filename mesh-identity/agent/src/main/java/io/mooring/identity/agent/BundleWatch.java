package io.mooring.identity.agent;

import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.svid.ControlPlaneLink.Connection;
import io.mooring.identity.agent.svid.StandingCall;
import io.mooring.identity.api.TrustBundleServiceGrpc;
import io.mooring.identity.api.TrustBundleUpdate;
import io.mooring.identity.api.WatchTrustBundleRequest;
import io.mooring.model.spiffe.TrustDomain;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of each new trust bundle while the VM runs. Without it, e.g. with a control plane that does
 * not offer it, the bundle still comes with every renewal. Confined to tasks of the executor;
 * {@link #close} may be called from any thread.
 */
final class BundleWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(BundleWatch.class);

  private final TrustDomain trustDomain;
  private final ScheduledExecutorService executor;
  private final BiConsumer<TrustBundle, BundleSet> onBundles;
  private final StandingCall<TrustBundleUpdate> call;

  /**
   * Creates a watch; it does nothing before {@link #start}.
   *
   * @param connections makes connections as this VM
   * @param onBundles is handed each bundle and those of the domains that the mesh federates with,
   *     on the executor
   */
  BundleWatch(
      TrustDomain trustDomain,
      Supplier<Connection> connections,
      ScheduledExecutorService executor,
      RandomGenerator random,
      BiConsumer<TrustBundle, BundleSet> onBundles) {
    this.trustDomain = trustDomain;
    this.executor = executor;
    this.onBundles = onBundles;
    this.call =
        new StandingCall<>(
            "trust_bundle",
            connections,
            executor,
            random,
            (channel, responses) ->
                TrustBundleServiceGrpc.newStub(channel)
                    .watchTrustBundle(WatchTrustBundleRequest.getDefaultInstance(), responses),
            this::received);
  }

  void start() {
    executor.execute(call::open);
  }

  /**
   * Asks anew, as who this VM is now. After a renewal: its reply may have crossed with an update,
   * and the old connection ends with the old certificate.
   */
  void askAgain() {
    call.openAnew();
  }

  private void received(TrustBundleUpdate update) {
    if (!update.getTrustDomain().equals(trustDomain.name())) {
      log.warn(
          "event=trust_bundle_refused trust_domain={} expected={}",
          update.getTrustDomain(),
          trustDomain);
      return;
    }
    try {
      String federated = update.getFederatedBundles();
      onBundles.accept(
          TrustBundle.parseJson(trustDomain, update.getBundle()),
          federated.isEmpty() ? BundleSet.EMPTY : BundleSet.parseJson(federated));
    } catch (IllegalArgumentException e) {
      log.warn("event=trust_bundle_refused reason=\"{}\"", e.getMessage());
    }
  }

  /** Ends the stream. Idempotent. */
  @Override
  public void close() {
    call.close();
  }
}
