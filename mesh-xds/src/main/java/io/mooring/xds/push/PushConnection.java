package io.mooring.xds.push;

import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import java.util.Optional;

/** One stream as push workers see it, until it is closed. Thread-safe. */
public interface PushConnection extends AutoCloseable {

  /** Returns who is at the other end. */
  ProxyNode node();

  /** Returns what was offered last; empty before the first time. */
  Optional<ResourceSet> offered();

  /** Ends the connection: nothing is offered after the push that may be running. Idempotent. */
  @Override
  void close();
}
