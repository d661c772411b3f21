package io.mooring.xds.server;

import static java.util.Objects.requireNonNull;

import io.grpc.BindableService;
import io.mooring.xds.push.PushService;
import io.mooring.xds.resource.ResourceSet;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The discovery services, to be added to any gRPC server: ADS and one service a type, state of the
 * world and delta. Thread-safe.
 *
 * <p>It has no port and needs no transport of its own. With mTLS the gRPC server also needs a
 * {@link PeerIdentityInterceptor}.
 */
public final class XdsServer implements AutoCloseable {

  private XdsServer(Builder builder) {}

  /** Returns a builder of a server whose proxies get their resources from {@code push}. */
  public static Builder builder(PushService<?> push) {
    return new Builder(requireNonNull(push, "push"));
  }

  /** Returns the services; bind all or some of them. */
  public List<BindableService> services() {
    return List.of();
  }

  /** Returns what each open stream was sent and accepted, in the order of stream ids. */
  public List<StreamStatus> status() {
    return List.of();
  }

  /** Returns what a connected node should have; empty if no such node is connected. */
  public Optional<ResourceSet> configDump(String nodeId) {
    return Optional.empty();
  }

  /** Ends every stream with UNAVAILABLE, so that its proxy reconnects elsewhere. Idempotent. */
  @Override
  public void close() {}

  /** Builds {@link XdsServer}. Not thread-safe. */
  public static final class Builder {

    private final PushService<?> push;
    private NodeAuthorizer authorizer = NodeAuthorizer.ANYONE;
    private StreamListener listener = StreamListener.NONE;
    private XdsObserver observer = XdsObserver.NONE;
    private XdsLimits limits = XdsLimits.DEFAULTS;
    private InstantSource clock = InstantSource.system();
    private @Nullable ScheduledExecutorService scheduler;

    private Builder(PushService<?> push) {
      this.push = push;
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
      return new XdsServer(this);
    }
  }
}
