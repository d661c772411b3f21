package io.mooring.xds.translate.authn;

import io.mooring.model.LabelSelector;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.model.security.PeerAuthenticationSpec.MutualTls;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers what a workload accepts. Immutable; an answer costs what the workload's labels cost,
 * however many policies there are, unless most of them share their labels.
 *
 * <p>The narrowest level that says something decides: port, workload (a policy with a selector,
 * outside the root namespace), namespace, mesh (the root namespace), else PERMISSIVE. The oldest
 * policy of a level is the only one that counts; ports come from the workload's policy alone.
 */
public final class PeerAuthenticationIndex {

  private final String rootNamespace;
  private final Map<String, OfNamespace> byNamespace;
  private final Mode mesh;

  private PeerAuthenticationIndex(String rootNamespace, Map<String, OfNamespace> byNamespace) {
    this.rootNamespace = rootNamespace;
    this.byNamespace = byNamespace;
    this.mesh = whole(rootNamespace, Mode.PERMISSIVE);
  }

  /**
   * Returns the index of {@code policies}.
   *
   * @param policies of all namespaces, oldest first
   * @param rootNamespace where mesh-wide policies live
   */
  public static PeerAuthenticationIndex of(
      Collection<PeerAuthentication> policies, String rootNamespace) {
    Map<String, List<PeerAuthentication>> policiesByNamespace = new HashMap<>();
    for (PeerAuthentication policy : policies) {
      policiesByNamespace
          .computeIfAbsent(policy.metadata().namespace(), namespace -> new ArrayList<>())
          .add(policy);
    }
    Map<String, OfNamespace> byNamespace = new HashMap<>();
    policiesByNamespace.forEach((key, value) -> byNamespace.put(key, OfNamespace.of(value)));
    return new PeerAuthenticationIndex(rootNamespace, byNamespace);
  }

  /** Returns what a workload of {@code namespace} with {@code labels} accepts. */
  public EffectiveMutualTls effective(String namespace, Map<String, String> labels) {
    if (byNamespace.isEmpty()) {
      return EffectiveMutualTls.DEFAULT;
    }
    if (namespace.equals(rootNamespace)) {
      return new EffectiveMutualTls(mesh, Collections.emptySortedMap());
    }
    Mode inNamespace = whole(namespace, mesh);
    Optional<PeerAuthentication> own =
        Optional.ofNullable(byNamespace.get(namespace)).flatMap(it -> it.selected(labels));
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

  /** Returns whether the labels of a workload of {@code namespace} matter. */
  public boolean selectsByLabel(String namespace) {
    @Nullable OfNamespace policies = byNamespace.get(namespace);
    return policies != null && !policies.byLabel().isEmpty() && !namespace.equals(rootNamespace);
  }

  private Mode whole(String namespace, Mode inherited) {
    return mode(
        Optional.ofNullable(byNamespace.get(namespace)).flatMap(OfNamespace::whole), inherited);
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

  /** A policy and how many older ones its namespace has. */
  private record Ranked(int rank, PeerAuthentication policy) {}

  /**
   * The policies of one namespace.
   *
   * @param whole the oldest without labels
   * @param byLabel those with labels, oldest first, each under the one of its labels that the
   *     fewest policies have
   */
  private record OfNamespace(
      Optional<PeerAuthentication> whole, Map<Map.Entry<String, String>, List<Ranked>> byLabel) {

    static OfNamespace of(List<PeerAuthentication> oldestFirst) {
      Map<Map.Entry<String, String>, Integer> users = new HashMap<>();
      for (PeerAuthentication policy : oldestFirst) {
        labels(policy).entrySet().forEach(label -> users.merge(copy(label), 1, Integer::sum));
      }
      Optional<PeerAuthentication> whole = Optional.empty();
      Set<Map<String, String>> seen = new HashSet<>();
      Map<Map.Entry<String, String>, List<Ranked>> byLabel = new HashMap<>();
      for (int rank = 0; rank < oldestFirst.size(); rank++) {
        PeerAuthentication policy = oldestFirst.get(rank);
        Map<String, String> labels = labels(policy);
        if (labels.isEmpty()) {
          whole = whole.or(() -> Optional.of(policy));
        } else if (seen.add(labels)) { // else an older one has the same workloads
          Map.Entry<String, String> rarest = copy(labels.entrySet().iterator().next());
          for (Map.Entry<String, String> label : labels.entrySet()) {
            rarest =
                users.getOrDefault(label, 0) < users.getOrDefault(rarest, 0) ? copy(label) : rarest;
          }
          byLabel
              .computeIfAbsent(rarest, label -> new ArrayList<>(1))
              .add(new Ranked(rank, policy));
        }
      }
      return new OfNamespace(whole, byLabel);
    }

    /** Returns the oldest policy that selects {@code labels}. */
    Optional<PeerAuthentication> selected(Map<String, String> labels) {
      @Nullable Ranked oldest = null;
      for (Map.Entry<String, String> label : labels.entrySet()) {
        for (Ranked candidate : byLabel.getOrDefault(label, List.of())) {
          if (oldest != null && oldest.rank() < candidate.rank()) {
            break;
          }
          if (labels.entrySet().containsAll(labels(candidate.policy()).entrySet())) {
            oldest = candidate;
            break;
          }
        }
      }
      return Optional.ofNullable(oldest).map(Ranked::policy);
    }

    private static Map<String, String> labels(PeerAuthentication policy) {
      return policy.spec().selector().map(LabelSelector::matchLabels).orElse(Map.of());
    }

    private static Map.Entry<String, String> copy(Map.Entry<String, String> label) {
      return Map.entry(label.getKey(), label.getValue());
    }
  }
}
