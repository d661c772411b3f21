package io.mooring.identity.bundle;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.storage.PrivateDirectory;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps the bundles of other trust domains fresh, each by its own refresh hint. Thread-safe.
 *
 * <p>The last bundle of each is on disk, and serves while its endpoint is out of reach. A failed
 * fetch is tried again at the next interval, not sooner.
 */
public final class Federation implements AutoCloseable {

  /** SPIFFE bundle 5.1: what holds where a bundle has no hint. */
  static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(5);

  private static final Duration MIN_INTERVAL = Duration.ofSeconds(10);
  private static final Duration MAX_INTERVAL = Duration.ofDays(1);
  private static final int MAX_THREADS = 8;
  private static final String FILE = "bundles.json";

  private final Builder settings;
  private final PrivateDirectory directory;
  private final BundleClient client;
  private final ScheduledExecutorService executor;
  private volatile BundleSet bundles;
  private volatile boolean closed;

  private Federation(Builder settings, PrivateDirectory directory) throws IOException {
    this.settings = settings;
    this.directory = directory;
    this.client = new BundleClient(settings.clock);
    this.bundles = stored();
    this.executor = settings.executor.orElseGet(() -> threads(settings.domains.size()));
    settings.domains.forEach(domain -> schedule(domain, Duration.ZERO));
  }

  /**
   * Returns a builder.
   *
   * @param directory where the last bundles are kept; nobody else may enter it
   * @param domains whom to federate with
   * @throws IllegalArgumentException if two are of one trust domain
   */
  public static Builder builder(Path directory, Collection<FederatedDomain> domains) {
    return new Builder(directory, domains);
  }

  /** Returns the newest bundles; a domain is missing until it was fetched once. */
  public BundleSet bundles() {
    return bundles;
  }

  /** Returns what was stored, of those who are federated with still. */
  private BundleSet stored() throws IOException {
    Optional<byte[]> file = directory.read(FILE);
    if (file.isEmpty()) {
      return BundleSet.EMPTY;
    }
    try {
      BundleSet all = BundleSet.parseJson(new String(file.get(), StandardCharsets.UTF_8));
      return BundleSet.of(
          settings.domains.stream()
              .flatMap(domain -> all.find(domain.trustDomain()).stream())
              .toList());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          directory.path().resolve(FILE)
              + " is damaged: "
              + e.getMessage()
              + " (expected: as written; without it all bundles are fetched anew)",
          e);
    }
  }

  private void schedule(FederatedDomain domain, Duration in) {
    if (!closed) {
      executor.schedule(() -> refresh(domain), in.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void refresh(FederatedDomain domain) {
    TrustDomain name = domain.trustDomain();
    Duration next = interval(bundles.find(name).flatMap(TrustBundle::refreshHint));
    try {
      TrustBundle fetched = client.fetch(domain, bundles);
      next = interval(fetched.refreshHint());
      install(fetched);
    } catch (IOException | RuntimeException e) {
      // Whatever it was, the next try comes, and the observer hears of it.
      settings.observer.failed(name, String.valueOf(e.getMessage()), next);
    }
    schedule(domain, next);
  }

  private synchronized void install(TrustBundle fetched) throws IOException {
    Optional<TrustBundle> last = bundles.find(fetched.trustDomain());
    if (last.isPresent() && fetched.isOlderThan(last.get())) {
      throw new IOException(
          "endpoint has bundle "
              + fetched.sequence().orElseThrow()
              + ", we have "
              + last.get().sequence().orElseThrow()
              + " (expected: not an older one)");
    }
    boolean changed = last.isEmpty() || !last.get().hasSameKeys(fetched);
    boolean stored =
        last.isPresent() && !changed && last.get().sequence().equals(fetched.sequence());
    BundleSet next = bundles.with(fetched);
    if (!stored) {
      directory.write(FILE, next.toJson().getBytes(StandardCharsets.UTF_8));
    }
    bundles = next;
    if (changed) {
      settings.observer.updated(fetched);
    }
  }

  static Duration interval(Optional<Duration> hint) {
    Duration wanted = hint.orElse(DEFAULT_INTERVAL);
    if (wanted.compareTo(MIN_INTERVAL) < 0) {
      return MIN_INTERVAL;
    }
    return wanted.compareTo(MAX_INTERVAL) > 0 ? MAX_INTERVAL : wanted;
  }

  private static ScheduledExecutorService threads(int domains) {
    AtomicInteger number = new AtomicInteger();
    return new ScheduledThreadPoolExecutor(
        Math.max(1, Math.min(domains, MAX_THREADS)),
        task -> {
          Thread thread = new Thread(task, "mooring-federation-" + number.getAndIncrement());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Stops refreshing; the bundles of now stay. Idempotent. */
  @Override
  public void close() {
    closed = true;
    if (settings.executor.isEmpty()) {
      executor.shutdownNow();
    }
  }

  /** Builds {@link Federation}. Not thread-safe. */
  public static final class Builder {

    private final Path directory;
    private final List<FederatedDomain> domains;
    private InstantSource clock = InstantSource.system();
    private FederationObserver observer = FederationObserver.logging();
    private Optional<ScheduledExecutorService> executor = Optional.empty();

    private Builder(Path directory, Collection<FederatedDomain> domains) {
      this.directory = requireNonNull(directory, "directory");
      this.domains = List.copyOf(domains);
      long names = this.domains.stream().map(FederatedDomain::trustDomain).distinct().count();
      if (names != this.domains.size()) {
        throw new IllegalArgumentException(
            "federated domains " + this.domains + " (expected: each trust domain once)");
      }
    }

    /** The time by which certificates of endpoints are valid; the system's by default. */
    public Builder clock(InstantSource clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /** Is told of new bundles and of failures; logs them by default. */
    public Builder observer(FederationObserver observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    /** Where fetches run, which block; by default daemon threads of its own. Never closed. */
    public Builder executor(ScheduledExecutorService executor) {
      this.executor = Optional.of(executor);
      return this;
    }

    /**
     * Starts to fetch.
     *
     * @throws IOException if the stored bundles cannot be read
     */
    public Federation start() throws IOException {
      return new Federation(this, PrivateDirectory.open(directory));
    }
  }
}
