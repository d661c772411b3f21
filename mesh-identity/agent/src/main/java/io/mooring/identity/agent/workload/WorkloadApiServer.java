package io.mooring.identity.agent.workload;

import static java.util.Objects.requireNonNull;

import io.grpc.ServerInterceptors;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.mooring.identity.agent.socket.UnixSocketServer;
import io.mooring.identity.agent.svid.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Serves the SPIFFE Workload API, and gRPC reflection, on a Unix socket: whoever may connect has
 * the VM's identity. Thread-safe: one thread of its own does everything, calls only hand over to
 * it.
 */
public final class WorkloadApiServer implements AutoCloseable {

  private static final AtomicInteger THREADS = new AtomicInteger();
  private static final int MINTING_THREADS = 2;
  private static final int IDLE_SECONDS = 30;
  private static final int MAX_WAITING = 64; // audiences, whose callers all wait; more are refused

  private final UnixSocketServer server;
  private final WorkloadApiService service;
  private final ExecutorService minting;
  private final AtomicBoolean closed = new AtomicBoolean();

  private WorkloadApiServer(
      UnixSocketServer server, WorkloadApiService service, ExecutorService minting) {
    this.server = server;
    this.service = service;
    this.minting = minting;
  }

  /**
   * Starts a server that serves {@code credentials} from its first moment on.
   *
   * @param socket in a directory that only this user may enter; must not exist
   * @param source where JWT-SVIDs come from; called on threads of its own
   * @param clock decides which JWT-SVIDs are valid
   * @throws IOException if the socket cannot be bound
   */
  public static WorkloadApiServer start(
      Path socket, Credentials credentials, JwtSvidSource source, InstantSource clock)
      throws IOException {
    ExecutorService minting = mintingThreads();
    AtomicReference<WorkloadApiService> service = new AtomicReference<>();
    SecurityHeader header = new SecurityHeader();
    try {
      UnixSocketServer server =
          UnixSocketServer.start(
              "mooring-workload-api",
              socket,
              thread -> {
                WorkloadApiService made =
                    new WorkloadApiService(credentials, source, minting, thread, clock);
                service.set(made);
                return List.of(
                    ServerInterceptors.intercept(made, header),
                    ServerInterceptors.intercept(ProtoReflectionServiceV1.newInstance(), header));
              });
      return new WorkloadApiServer(server, requireNonNull(service.get()), minting);
    } catch (IOException | RuntimeException e) {
      minting.shutdownNow();
      throw e;
    }
  }

  private static ExecutorService mintingThreads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            MINTING_THREADS,
            MINTING_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread thread = new Thread(task, "mooring-jwt-" + THREADS.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** Serves {@code credentials} from now on; every open stream gets what changed for it. */
  public void serve(Credentials credentials) {
    requireNonNull(credentials, "credentials");
    server.thread().execute(() -> service.serve(credentials));
  }

  /**
   * Ends all streams with UNAVAILABLE and removes the socket. Idempotent; takes up to two seconds.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      server.thread().execute(service::end);
      server.close();
      minting.shutdownNow();
    }
  }
}
