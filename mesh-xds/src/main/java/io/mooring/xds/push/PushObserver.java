package io.mooring.xds.push;

import io.mooring.xds.node.ProxyNode;
import java.time.Duration;

/**
 * Hears what push workers do, for metrics and logs. Called on the workers: implementations are
 * thread-safe and quick. Every method does nothing unless overridden.
 */
public interface PushObserver {

  /** Hears nothing. */
  PushObserver NONE = new PushObserver() {};

  /**
   * Called when a proxy's resources were handed to its stream.
   *
   * @param queued from the oldest change in this push (before debouncing) to the start of the work
   * @param worked how long the provider took
   */
  default void pushed(ProxyNode node, Duration queued, Duration worked) {}

  /**
   * Called when the provider, a customizer or the stream failed: the proxy keeps what it has until
   * the next change.
   */
  default void pushFailed(ProxyNode node, RuntimeException failure) {}
}
