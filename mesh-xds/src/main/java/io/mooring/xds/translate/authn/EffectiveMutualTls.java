package io.mooring.xds.translate.authn;

import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.model.security.PeerAuthenticationSpec.MutualTls;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

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

  /**
   * Returns what {@code policies} mean for one workload. The narrowest level that says something
   * decides: port, workload (a policy with a selector, outside the root namespace), namespace, mesh
   * (the root namespace), else PERMISSIVE. The oldest policy of a level is the only one that
   * counts; ports come from the workload's policy alone.
   *
   * @param policies of all namespaces, oldest first
   * @param rootNamespace where mesh-wide policies live
   * @param namespace of the workload
   * @param labels of the workload
   */
  public static EffectiveMutualTls of(
      Collection<PeerAuthentication> policies,
      String rootNamespace,
      String namespace,
      Map<String, String> labels) {
    Mode mesh = mode(wholeNamespace(policies, rootNamespace), Mode.PERMISSIVE);
    Mode inNamespace = mode(wholeNamespace(policies, namespace), mesh);
    if (namespace.equals(rootNamespace)) {
      return new EffectiveMutualTls(inNamespace, Collections.emptySortedMap());
    }
    Optional<PeerAuthentication> own =
        oldest(policies, namespace, policy -> hasSelector(policy) && selects(policy, labels));
    Mode workload = mode(own, inNamespace);
    SortedMap<Integer, Mode> byPort = new TreeMap<>();
    own.ifPresent(
        policy ->
            policy
                .spec()
                .portLevelMtls()
                .forEach((port, mtls) -> byPort.put(port, inherit(mtls.mode(), workload))));
    return new EffectiveMutualTls(workload, byPort);
  }

  /** Returns what {@code port} of the workload accepts. */
  public Mode mode(int port) {
    return byPort.getOrDefault(port, workload);
  }

  private static Optional<PeerAuthentication> wholeNamespace(
      Collection<PeerAuthentication> policies, String namespace) {
    return oldest(policies, namespace, policy -> !hasSelector(policy));
  }

  private static Optional<PeerAuthentication> oldest(
      Collection<PeerAuthentication> policies,
      String namespace,
      Predicate<PeerAuthentication> condition) {
    return policies.stream()
        .filter(policy -> policy.metadata().namespace().equals(namespace))
        .filter(condition)
        .findFirst();
  }

  private static boolean hasSelector(PeerAuthentication policy) {
    return policy.spec().selector().map(it -> !it.matchLabels().isEmpty()).orElse(false);
  }

  private static boolean selects(PeerAuthentication policy, Map<String, String> labels) {
    return policy.spec().selector().map(it -> it.matches(labels)).orElse(false);
  }

  private static Mode mode(Optional<PeerAuthentication> policy, Mode inherited) {
    return policy
        .flatMap(it -> it.spec().mtls())
        .map(MutualTls::mode)
        .map(mode -> inherit(mode, inherited))
        .orElse(inherited);
  }

  private static Mode inherit(Mode mode, Mode inherited) {
    return mode == Mode.UNSET ? inherited : mode;
  }
}
