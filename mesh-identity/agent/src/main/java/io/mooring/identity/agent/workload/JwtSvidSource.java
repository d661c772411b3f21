package io.mooring.identity.agent.workload;

import io.mooring.identity.JwtSvid;
import java.util.List;

/** Where new JWT-SVIDs of this VM come from. Thread-safe. */
@FunctionalInterface
public interface JwtSvidSource {

  /**
   * Returns a new token. Blocks for a few seconds at most.
   *
   * @param audience for whom it is: sorted, without doubles, never empty
   * @throws RuntimeException if there is none now
   */
  JwtSvid mint(List<String> audience);
}
