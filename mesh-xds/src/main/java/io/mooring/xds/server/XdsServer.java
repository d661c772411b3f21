package io.mooring.xds.server;

import static java.util.Objects.requireNonNull;

import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.mooring.xds.protocol.ContentVersions;
import io.mooring.xds.push.PushService;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The discovery services, to be added to any gRPC server: ADS and one service a type, state of the
 * world and delta. Thread-safe.
 *
 * <p>It has no port and needs no transport of its own. With mTLS the gRPC server also needs a
 * {@link PeerIdentityInterceptor}.
 */
public final class XdsServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(XdsServer.class);

  static final Status SHUTTING_DOWN =
      Status.UNAVAILABLE.withDescription("control plane shuts down");
  private static final long STATUS_WAIT_SECONDS = 1;
  private static final Duration HAND_MADE_QUIET = Duration.ofMillis(5);
  private static final Duration HAND_MADE_MAX = Duration.ofMillis(25);

  private final StreamServices services;
  private final DiscoveryServices discovery;
  private final Set<XdsStream<?>> streams = ConcurrentHashMap.newKeySet();
  private final Admission admission;
  private final AtomicLong lastStreamId = new AtomicLong();
  private final @Nullable ScheduledExecutorService ownScheduler;
  private final Runnable endOwnPush;
  private volatile boolean closed;

  private XdsServer(
      Builder builder,
      ScheduledExecutorService scheduler,
      @Nullable ScheduledExecutorService ownScheduler) {
    this.ownScheduler = ownScheduler;
    this.endOwnPush = builder.endOwnPush;
    this.admission = new Admission(builder.limits, builder.clock, builder.push::starting);
    this.services =
        new StreamServices(
            builder.push,
            builder.authorizer,
            builder.listener,
            builder.observer,
            builder.limits,
            builder.clock,
            scheduler,
            new ContentVersions(),
            this::ended);
    this.discovery =
        new DiscoveryServices(
            ControlPlane.newBuilder().setIdentifier(builder.identifier).build(),
            new DiscoveryServices.Handlers() {
              @Override
              public <Q> ServerCallHandler<Q, WireResponse> handler(
                  Variant<Q> variant, @Nullable XdsType onlyType) {
                return (call, headers) -> open(call, variant, onlyType);
              }
            });
  }

  /** Returns a builder of a server whose proxies get their resources from {@code push}. */
  public static Builder builder(PushService<?> push) {
    return new Builder(requireNonNull(push, "push"), () -> {});
  }

  /**
   * Returns a builder of a server of hand-made resources. Several servers may share one store.
   *
   * <p>A change waits 5 ms for more (25 ms at most), so that a client which has just unsubscribed
   * is heard before it is sent what it no longer wants. {@link #builder(PushService)} takes any
   * other delay, or none.
   */
  public static Builder builder(SnapshotResources resources) {
    PushService<Set<String>> push =
        PushService.builder(resources).debounce(HAND_MADE_QUIET, HAND_MADE_MAX).build();
    Runnable endOfChanges = resources.onChange(push::changed);
    return new Builder(
        push,
        () -> {
          endOfChanges.run();
          push.close();
        });
  }

  /** Returns the services, to bind some of them; {@link #bindTo} binds all. */
  public List<BindableService> services() {
    return discovery.all();
  }

  /**
   * Adds all services to a gRPC server, and those limits that its transport keeps: keep-alive,
   * which the in-process transport has none of, and the size of requests.
   */
  public void bindTo(ServerBuilder<?> server) {
    services().forEach(server::addService);
    server.maxInboundMessageSize(services.limits().maxRequestBytes());
    try {
      keepAlive(server, services.limits());
    } catch (UnsupportedOperationException noConnections) {
      log.debug("event=no_keep_alive transport={}", server.getClass().getSimpleName());
    }
  }

  private static void keepAlive(ServerBuilder<?> server, XdsLimits limits) {
    server
        .keepAliveTime(limits.keepAliveTime().toNanos(), TimeUnit.NANOSECONDS)
        .keepAliveTimeout(limits.keepAliveTimeout().toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveTime(limits.permittedKeepAliveTime().toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveWithoutCalls(true);
  }

  /** Returns what each open stream was sent and accepted, in the order of stream ids. */
  public List<StreamStatus> status() {
    List<CompletableFuture<Optional<StreamStatus>>> asked =
        streams.stream().map(XdsStream::status).toList();
    return asked.stream()
        .map(
            answer ->
                answer.completeOnTimeout(Optional.empty(), STATUS_WAIT_SECONDS, TimeUnit.SECONDS))
        .flatMap(answer -> answer.join().stream())
        .sorted(Comparator.comparingLong(StreamStatus::streamId))
        .toList();
  }

  /** Returns what a connected node should have; empty if no such node is connected. */
  public Optional<ResourceSet> configDump(String nodeId) {
    return streams.stream().flatMap(stream -> stream.resourcesOf(nodeId).stream()).findFirst();
  }

  /** Ends every stream with UNAVAILABLE, so that its proxy reconnects elsewhere. Idempotent. */
  @Override
  public void close() {
    closed = true;
    streams.forEach(stream -> stream.end(SHUTTING_DOWN));
    endOwnPush.run();
    if (ownScheduler != null) {
      ownScheduler.shutdownNow();
    }
  }

  private <Q> ServerCall.Listener<Q> open(
      ServerCall<Q, WireResponse> call, Variant<Q> variant, @Nullable XdsType onlyType) {
    if (closed) {
      return refuse(call, SHUTTING_DOWN);
    }
    PeerIdentity peer = PeerIdentity.current().at(call);
    Optional<Status> refusal = admission.enter(peer);
    if (refusal.isPresent()) {
      return refuse(call, refusal.get());
    }
    XdsStream<Q> stream =
        new XdsStream<>(lastStreamId.incrementAndGet(), services, call, variant, onlyType, peer);
    streams.add(stream);
    stream.start();
    if (closed) { // since it was looked at
      stream.end(SHUTTING_DOWN);
    }
    return stream;
  }

  private <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, WireResponse> call, Status status) {
    services.observer().streamRefused(status);
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private void ended(XdsStream<?> stream) {
    if (streams.remove(stream)) {
      admission.leave(stream.peer());
    }
  }

  /** Builds {@link XdsServer}. Not thread-safe. */
  public static final class Builder {

    private final PushService<?> push;
    private final Runnable endOwnPush;
    private NodeAuthorizer authorizer = NodeAuthorizer.ANYONE;
    private StreamListener listener = StreamListener.NONE;
    private XdsObserver observer = XdsObserver.NONE;
    private XdsLimits limits = XdsLimits.DEFAULTS;
    private String identifier = "mooring";
    private InstantSource clock = InstantSource.system();
    private @Nullable ScheduledExecutorService scheduler;

    private Builder(PushService<?> push, Runnable endOwnPush) {
      this.push = push;
      this.endOwnPush = endOwnPush;
    }

    /** Who may speak as which node; anyone by default. */
    public Builder authorizer(NodeAuthorizer authorizer) {
      this.authorizer = requireNonNull(authorizer, "authorizer");
      return this;
    }

    /** Who hears of nodes that come and go; nobody by default. */
    public Builder listener(StreamListener listener) {
      this.listener = requireNonNull(listener, "listener");
      return this;
    }

    /** Who hears of streams, requests and responses; nobody by default. */
    public Builder observer(XdsObserver observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    /** What clients may use up. */
    public Builder limits(XdsLimits limits) {
      this.limits = requireNonNull(limits, "limits");
      return this;
    }

    /** How this control plane calls itself in responses, e.g. its host name. */
    public Builder identifier(String identifier) {
      this.identifier = requireNonNull(identifier, "identifier");
      return this;
    }

    /** The time; the system's by default. */
    public Builder clock(InstantSource clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /** What ends streams and waits in time; by default a daemon thread of its own. */
    public Builder scheduler(ScheduledExecutorService scheduler) {
      this.scheduler = requireNonNull(scheduler, "scheduler");
      return this;
    }

    /** Returns the server. A scheduler that was given stays the caller's to close. */
    public XdsServer build() {
      if (scheduler != null) {
        return new XdsServer(this, scheduler, null);
      }
      ScheduledThreadPoolExecutor own =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread thread = new Thread(task, "mooring-streams-1");
                thread.setDaemon(true);
                return thread;
              });
      own.setRemoveOnCancelPolicy(true); // what is called off would hold on to its stream
      return new XdsServer(this, own, own);
    }
  }
}
