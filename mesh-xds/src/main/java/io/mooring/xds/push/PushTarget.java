package io.mooring.xds.push;

import io.mooring.xds.resource.ResourceSet;

/** Where the resources of one proxy go: its stream. */
@FunctionalInterface
public interface PushTarget {

  /**
   * Takes the newest resources; those of an earlier call no longer matter. Called by push workers,
   * never twice at once for one target. Must not block.
   */
  void offer(ResourceSet resources);
}
