package io.mooring.identity.agent.health;

/**
 * Whether the workload may get traffic. Immutable.
 *
 * @param healthy whether it may
 * @param message why not; empty if it may
 */
public record Health(boolean healthy, String message) {

  static final Health GOOD = new Health(true, "");

  static Health bad(String message) {
    return new Health(false, message);
  }
}
