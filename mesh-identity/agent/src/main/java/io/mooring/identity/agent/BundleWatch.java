package io.mooring.identity.agent;

import io.grpc.stub.StreamObserver;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.svid.ControlPlaneLink.Connection;
import io.mooring.identity.api.TrustBundleServiceGrpc;
import io.mooring.identity.api.TrustBundleUpdate;
import io.mooring.identity.api.WatchTrustBundleRequest;
import io.mooring.model.spiffe.TrustDomain;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of each new trust bundle while the VM runs. Without it, e.g. with a control plane that does
 * not offer it, the bundle still comes with every renewal. Confined to tasks of the executor;
 * {@link #close} may be called from any thread.
 */
final class BundleWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(BundleWatch.class);
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
  private static final Duration MAX_BACK_OFF = Duration.ofSeconds(15);

  private final TrustDomain trustDomain;
  private final Supplier<Connection> connections;
  private final ScheduledExecutorService executor;
  private final RandomGenerator random;
  private final Consumer<TrustBundle> onBundle;
  private volatile boolean closed;
  private volatile @Nullable Stream stream;
  private int failures;

  /**
   * Creates a watch; it does nothing before {@link #start}.
   *
   * @param connections makes connections as this VM
   * @param onBundle is handed each bundle, on the executor
   */
  BundleWatch(
      TrustDomain trustDomain,
      Supplier<Connection> connections,
      ScheduledExecutorService executor,
      RandomGenerator random,
      Consumer<TrustBundle> onBundle) {
    this.trustDomain = trustDomain;
    this.connections = connections;
    this.executor = executor;
    this.random = random;
    this.onBundle = onBundle;
  }

  void start() {
    executor.execute(this::open);
  }

  /**
   * Asks anew, as who this VM is now. After a renewal: its reply may have crossed with an update,
   * and the old connection ends with the old certificate.
   */
  void askAgain() {
    Stream before = stream;
    stream = null; // what it still says does not count
    if (before != null) {
      before.connection.close();
      open();
    }
  }

  private void open() {
    if (closed) {
      return;
    }
    Stream opened = new Stream(connections.get());
    stream = opened;
    TrustBundleServiceGrpc.newStub(opened.connection.channel())
        .watchTrustBundle(WatchTrustBundleRequest.getDefaultInstance(), opened);
    if (closed) {
      opened.connection.close(); // close() may have looked for it too early
    }
  }

  private void received(Stream which, TrustBundleUpdate update) {
    if (closed || stream != which) {
      return;
    }
    failures = 0;
    if (!update.getTrustDomain().equals(trustDomain.name())) {
      log.warn(
          "event=trust_bundle_refused trust_domain={} expected={}",
          update.getTrustDomain(),
          trustDomain);
      return;
    }
    try {
      onBundle.accept(TrustBundle.parseJson(trustDomain, update.getBundle()));
    } catch (IllegalArgumentException e) {
      log.warn("event=trust_bundle_refused reason=\"{}\"", e.getMessage());
    }
  }

  private void ended(Stream which, @Nullable Throwable failure) {
    which.connection.close();
    if (closed || stream != which) {
      return;
    }
    stream = null;
    failures++;
    Duration doubled = FIRST_BACK_OFF.multipliedBy(1L << Math.min(failures - 1, 10));
    Duration longest = doubled.compareTo(MAX_BACK_OFF) < 0 ? doubled : MAX_BACK_OFF;
    long wait = (long) (longest.toMillis() * (1 - random.nextDouble() / 2));
    log.debug("event=trust_bundle_watch_ended retry_after_millis={}", wait, failure);
    executor.schedule(this::open, wait, TimeUnit.MILLISECONDS);
  }

  /** Ends the stream. Idempotent. */
  @Override
  public void close() {
    closed = true;
    Stream open = stream;
    if (open != null) {
      open.connection.close();
    }
  }

  /** One stream; what its callbacks learn on another thread is handed over. */
  private final class Stream implements StreamObserver<TrustBundleUpdate> {
    private final Connection connection;

    Stream(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void onNext(TrustBundleUpdate update) {
      inTurn(() -> received(this, update));
    }

    @Override
    public void onError(Throwable failure) {
      inTurn(() -> ended(this, failure));
    }

    @Override
    public void onCompleted() {
      inTurn(() -> ended(this, null));
    }

    private void inTurn(Runnable event) {
      try {
        executor.execute(event);
      } catch (RejectedExecutionException e) {
        log.debug("event=trust_bundle_dropped reason=\"the agent ends\"", e);
      }
    }
  }
}
