package io.mooring.registry;

/** A listener that is being told. Closing it ends that; a call in progress goes on. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

  /** Stops telling the listener. Idempotent. */
  @Override
  void close();
}
