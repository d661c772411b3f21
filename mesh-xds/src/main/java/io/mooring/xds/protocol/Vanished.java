package io.mooring.xds.protocol;

import io.mooring.xds.resource.VersionedResource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A resource that the client was sent and that exists no longer.
 *
 * @param last its last content; null if it was sent on an earlier stream
 * @param until when its removal waits no longer for those that may refer to it
 */
record Vanished(@Nullable VersionedResource last, Instant until) {

  boolean hasEnded(Instant time) {
    return !time.isBefore(until);
  }
}
