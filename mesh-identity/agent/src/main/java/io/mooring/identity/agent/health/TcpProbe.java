package io.mooring.identity.agent.health;

import java.io.IOException;
import java.time.Duration;

/**
 * Succeeds when a connection opens. Immutable.
 *
 * @param target where to
 */
record TcpProbe(ProbeTarget target) implements Probe {

  @Override
  public void check(Duration timeout) throws IOException {
    target.connect(timeout).close();
  }
}
