package io.mooring.identity.agent.envoy;

import java.time.Duration;

/** Is told when Envoy processes start and end. Called on the supervisor's thread. */
public interface EnvoyObserver {

  /** A process runs. */
  void started(long pid);

  /** A process ended by itself, or could not be started (-1); another one follows after a while. */
  void ended(int exitCode, Duration restartAfter);
}
