package io.mooring.xds.translate.authn;

import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one workload accepts. Immutable; never {@link Mode#UNSET}.
 *
 * @param workload the mode of every port that {@code byPort} does not name
 * @param byPort the mode of single ports, by port of the workload (not of a service)
 */
public record EffectiveMutualTls(Mode workload, SortedMap<Integer, Mode> byPort) {

  /** What holds where nothing is configured. */
  public static final EffectiveMutualTls DEFAULT =
      new EffectiveMutualTls(Mode.PERMISSIVE, Collections.emptySortedMap());

  public EffectiveMutualTls {
    if (workload == Mode.UNSET || byPort.containsValue(Mode.UNSET)) {
      throw new IllegalArgumentException(
          "mode: UNSET (expected: DISABLE, PERMISSIVE or STRICT), workload=%s, byPort=%s"
              .formatted(workload, byPort));
    }
    byPort = Collections.unmodifiableSortedMap(new TreeMap<>(byPort));
  }

  /** Returns what {@code port} of the workload accepts. */
  public Mode mode(int port) {
    return byPort.getOrDefault(port, workload);
  }
}
