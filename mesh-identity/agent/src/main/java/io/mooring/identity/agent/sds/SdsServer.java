package io.mooring.identity.agent.sds;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.agent.socket.UnixSocketServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Serves a workload's secrets to its Envoy on a Unix socket: delta and state of the world.
 * Thread-safe: one thread of its own does everything, calls only hand over to it.
 *
 * <p>Who may connect is decided by the file system: the socket has mode 0600 and lies in a
 * directory of 0700.
 */
public final class SdsServer implements AutoCloseable {

  private final UnixSocketServer server;
  private final SecretService service;
  private final Path socket;

  private SdsServer(UnixSocketServer server, SecretService service, Path socket) {
    this.server = server;
    this.service = service;
    this.socket = socket;
  }

  /**
   * Starts a server that serves {@code secrets} from its first moment on.
   *
   * @param socket in a directory that only this user may enter; must not exist
   * @throws IOException if the socket cannot be bound
   */
  public static SdsServer start(Path socket, SecretSet secrets, SecretRejections rejections)
      throws IOException {
    SecretService service = new SecretService(secrets, rejections);
    return new SdsServer(
        UnixSocketServer.start("mooring-sds", socket, thread -> List.of(service.bindService())),
        service,
        socket);
  }

  /** Returns where Envoy finds it. */
  public Path socket() {
    return socket;
  }

  /** Serves {@code secrets} from now on; every open stream gets what changed for it. */
  public void serve(SecretSet secrets) {
    requireNonNull(secrets, "secrets");
    server.thread().execute(() -> service.serve(secrets));
  }

  /** Ends all streams and removes the socket. Idempotent; waits for up to two seconds. */
  @Override
  public void close() {
    server.close();
  }
}
