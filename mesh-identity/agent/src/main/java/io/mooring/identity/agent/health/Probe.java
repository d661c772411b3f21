package io.mooring.identity.agent.health;

import java.io.IOException;
import java.time.Duration;

/** Looks at the workload once. Stateless. */
@FunctionalInterface
public interface Probe {

  /**
   * Returns if the workload is well. Blocks.
   *
   * @param timeout after which it is not
   * @throws IOException if it is not; the message says why
   */
  void check(Duration timeout) throws IOException;
}
