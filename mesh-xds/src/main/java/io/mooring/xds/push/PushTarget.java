package io.mooring.xds.push;

import io.mooring.xds.resource.ResourceSet;
import java.time.Instant;

/** Where the resources of one proxy go: its stream. */
@FunctionalInterface
public interface PushTarget {

  /**
   * Takes the newest resources; those of an earlier call no longer matter. Called by push workers,
   * never twice at once for one target. Must not block.
   *
   * @param since when the oldest change in them happened
   */
  void offer(ResourceSet resources, Instant since);
}
