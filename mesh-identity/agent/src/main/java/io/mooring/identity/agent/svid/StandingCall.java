package io.mooring.identity.agent.svid;

import static java.util.Objects.requireNonNull;

import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.agent.svid.ControlPlaneLink.Connection;
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
 * A call to the control plane that is meant to stay open: when it ends, it is made again, after a
 * wait that doubles from half a second to 15 and starts over with the first message that comes.
 * Confined to tasks of the executor, where messages arrive too; {@link #close} may be called from
 * any thread.
 */
public final class StandingCall<R> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StandingCall.class);
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
  private static final Duration MAX_BACK_OFF = Duration.ofSeconds(15);

  private final String name;
  private final Supplier<Connection> connections;
  private final ScheduledExecutorService executor;
  private final RandomGenerator random;
  private final Method<R> method;
  private final Consumer<R> onMessage;
  private volatile boolean closed;
  private volatile @Nullable Attempt attempt;
  private boolean waiting;
  private int failures;

  /** Begins one call. */
  @FunctionalInterface
  public interface Method<R> {
    /** Calls over {@code channel}, with {@code responses} for what comes back. */
    void call(Channel channel, StreamObserver<R> responses);
  }

  /**
   * Creates a call; it does nothing before {@link #open}.
   *
   * @param name what the log calls it
   * @param connections makes connections as this VM
   * @param random spreads the tries
   * @param method makes the call, each time anew
   * @param onMessage is handed what the call of the moment says
   */
  public StandingCall(
      String name,
      Supplier<Connection> connections,
      ScheduledExecutorService executor,
      RandomGenerator random,
      Method<R> method,
      Consumer<R> onMessage) {
    this.name = requireNonNull(name, "name");
    this.connections = requireNonNull(connections, "connections");
    this.executor = requireNonNull(executor, "executor");
    this.random = requireNonNull(random, "random");
    this.method = requireNonNull(method, "method");
    this.onMessage = requireNonNull(onMessage, "onMessage");
  }

  /** Returns whether a call is under way, as far as is known. */
  public boolean isOpen() {
    return attempt != null;
  }

  /** Makes the call, unless it is under way or waits for its next try. */
  public void open() {
    if (attempt == null && !waiting) {
      begin();
    }
  }

  /** Ends the call that is under way, and makes it again over a new connection at once. */
  public void openAnew() {
    Attempt before = attempt;
    attempt = null; // what it still says does not count
    if (before != null) {
      before.connection.close();
      begin();
    }
  }

  private void begin() {
    waiting = false;
    if (closed) {
      return;
    }
    Attempt begun = new Attempt(connections.get());
    attempt = begun;
    method.call(begun.connection.channel(), begun);
    if (closed) {
      begun.connection.close(); // close() may have looked for it too early
    }
  }

  private void received(Attempt which, R message) {
    if (!closed && attempt == which) {
      failures = 0;
      onMessage.accept(message);
    }
  }

  private void ended(Attempt which, @Nullable Throwable failure) {
    which.connection.close();
    if (closed || attempt != which) {
      return;
    }
    attempt = null;
    waiting = true;
    failures++;
    Duration doubled = FIRST_BACK_OFF.multipliedBy(1L << Math.min(failures - 1, 10));
    Duration longest = doubled.compareTo(MAX_BACK_OFF) < 0 ? doubled : MAX_BACK_OFF;
    long wait = (long) (longest.toMillis() * (1 - random.nextDouble() / 2));
    log.debug("event=call_ended call={} retry_after_millis={}", name, wait, failure);
    executor.schedule(this::begin, wait, TimeUnit.MILLISECONDS);
  }

  /** Ends the call for good. Idempotent. */
  @Override
  public void close() {
    closed = true;
    Attempt open = attempt;
    if (open != null) {
      open.connection.close();
    }
  }

  /** One call; what its callbacks learn on another thread is handed over. */
  private final class Attempt implements StreamObserver<R> {
    private final Connection connection;

    Attempt(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void onNext(R message) {
      inTurn(() -> received(this, message));
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
        log.debug("event=call_event_dropped call={} reason=\"the agent ends\"", name, e);
      }
    }
  }
}
