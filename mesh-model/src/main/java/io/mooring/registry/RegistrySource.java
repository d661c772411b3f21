package io.mooring.registry;

/**
 * Somewhere objects come from: memory, a directory, the API of another registry.
 *
 * <p>Of two sources with an object of the same key, the one that the registry was given first wins;
 * the other's object comes back when the winner deletes its own. A source that loses its backend
 * says {@link RegistryEvent.Stale} and deletes nothing: what it said last goes on being served.
 * Once it sees the backend again it says {@link RegistryEvent.Synced}; what changed meanwhile,
 * deletions too, comes with it or follows as any change does.
 */
public interface RegistrySource extends AutoCloseable {

  /** Returns the name by which logs and status pages call this source. */
  String name();

  /**
   * Returns the id of the cluster that the source speaks for, constant; empty, as here, for one
   * that speaks for none. Its workloads carry the id.
   */
  default String cluster() {
    return "";
  }

  /**
   * Begins to hand over objects: everything there is, then {@link RegistryEvent.Synced}, then every
   * change; {@code Synced} again only after {@link RegistryEvent.Stale}. Returns at once; reading
   * happens on the source's own thread.
   *
   * @throws IllegalStateException if the source was started before
   */
  void start(RegistrySink sink);

  /** Ends the hand-over within 5 seconds. No batch follows. Idempotent. */
  @Override
  void close();
}
