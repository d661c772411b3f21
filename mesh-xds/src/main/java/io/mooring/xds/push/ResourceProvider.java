package io.mooring.xds.push;

import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;

/**
 * Decides what each proxy gets. Implemented by the mesh generator, and by users who compute their
 * own resources.
 *
 * <p>Called by push workers, for different proxies at the same time, never twice at once for one
 * proxy. Must not block on a stream.
 *
 * @param <C> what a change is; changes that arrive while a proxy waits for its push are merged
 */
public interface ResourceProvider<C> {

  /** Returns everything that a newly connected proxy may ask for. */
  ResourceSet initial(ProxyNode node);

  /**
   * Returns everything that a proxy may ask for after a change.
   *
   * @param previous what this method or {@link #initial} returned last for the same proxy
   * @return equal to {@code initial(node)}, only cheaper to make
   */
  ResourceSet update(ProxyNode node, ResourceSet previous, C change);

  /** Returns whether {@code change} can alter what the proxy gets; {@code true} is always right. */
  boolean concerns(ProxyNode node, C change);

  /** Returns one change that stands for both. */
  C merge(C older, C newer);
}
