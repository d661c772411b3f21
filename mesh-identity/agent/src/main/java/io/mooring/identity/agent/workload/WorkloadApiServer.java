package io.mooring.identity.agent.workload;

import static java.util.Objects.requireNonNull;

import io.grpc.ServerInterceptors;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.mooring.identity.agent.socket.UnixSocketServer;
import io.mooring.identity.agent.svid.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves the SPIFFE Workload API, and gRPC reflection, on a Unix socket: whoever may connect has
 * the VM's identity. Thread-safe: one thread of its own does everything, calls only hand over to
 * it.
 */
public final class WorkloadApiServer implements AutoCloseable {

  private final UnixSocketServer server;
  private final WorkloadApiService service;
  private final AtomicBoolean closed = new AtomicBoolean();

  private WorkloadApiServer(UnixSocketServer server, WorkloadApiService service) {
    this.server = server;
    this.service = service;
  }

  /**
   * Starts a server that serves {@code credentials} from its first moment on.
   *
   * @param socket in a directory that only this user may enter; must not exist
   * @throws IOException if the socket cannot be bound
   */
  public static WorkloadApiServer start(Path socket, Credentials credentials) throws IOException {
    WorkloadApiService service = new WorkloadApiService(credentials);
    SecurityHeader header = new SecurityHeader();
    return new WorkloadApiServer(
        UnixSocketServer.start(
            "mooring-workload-api",
            socket,
            List.of(
                ServerInterceptors.intercept(service, header),
                ServerInterceptors.intercept(ProtoReflectionServiceV1.newInstance(), header))),
        service);
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
    }
  }
}
