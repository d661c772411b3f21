package io.mooring.xds.node;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.DestinationRuleSpec;
import io.mooring.model.networking.Subset;
import io.mooring.registry.MeshSettings;
import io.mooring.service.HostNames;
import io.mooring.service.MeshService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers which DestinationRule holds for a client and a service. Immutable.
 *
 * <p>Rules of the client's namespace come first, then those of the service's, then those of the
 * root namespace; the first namespace that has a rule for the host decides, and rules of different
 * namespaces are never merged. Within a namespace the most specific host wins.
 */
final class DestinationRuleIndex {

  private static final Comparator<DestinationPolicy> SELECTED_FIRST =
      Comparator.comparing(policy -> policy.selector().isEmpty());

  private final String rootNamespace;
  private final Map<String, Map<String, List<DestinationPolicy>>> byHostByNamespace;

  private DestinationRuleIndex(
      String rootNamespace, Map<String, Map<String, List<DestinationPolicy>>> byHostByNamespace) {
    this.rootNamespace = rootNamespace;
    this.byHostByNamespace = byHostByNamespace;
  }

  /** Returns the index of {@code rules}, which must be oldest first. */
  static DestinationRuleIndex of(Collection<DestinationRule> rules, MeshSettings settings) {
    Map<String, Map<String, List<DestinationPolicy>>> index = new HashMap<>();
    for (DestinationRule rule : rules) {
      String namespace = rule.metadata().namespace();
      String host = HostNames.complete(rule.spec().host(), namespace, settings.clusterDomain());
      List<DestinationPolicy> policies =
          index
              .computeIfAbsent(namespace, any -> new HashMap<>())
              .computeIfAbsent(host, any -> new ArrayList<>(1));
      add(policies, rule);
    }
    return new DestinationRuleIndex(settings.rootNamespace(), index);
  }

  /** Returns what holds for clients of {@code namespace} with {@code labels}. */
  Optional<DestinationPolicy> find(
      String namespace, Map<String, String> labels, MeshService service) {
    boolean inRoot = namespace.equals(rootNamespace);
    return find(
            namespace,
            service.host(),
            policy -> isOwn(policy, namespace, inRoot) && selects(policy, labels))
        .or(
            () ->
                find(
                    service.namespace(),
                    service.host(),
                    policy -> isExported(policy, service.namespace(), namespace)))
        .or(
            () ->
                find(
                    rootNamespace,
                    service.host(),
                    policy -> isExported(policy, rootNamespace, namespace)));
  }

  private Optional<DestinationPolicy> find(
      String namespace, String host, Predicate<DestinationPolicy> condition) {
    @Nullable Map<String, List<DestinationPolicy>> policiesByHost =
        byHostByNamespace.get(namespace);
    if (policiesByHost == null) {
      return Optional.empty();
    }
    // From the host itself to ever wider wildcards.
    String pattern = host;
    while (true) {
      Optional<DestinationPolicy> found =
          policiesByHost.getOrDefault(pattern, List.of()).stream()
              .filter(condition)
              .min(SELECTED_FIRST);
      if (found.isPresent() || pattern.equals("*")) {
        return found;
      }
      pattern = HostNames.widen(pattern);
    }
  }

  /** In the root namespace the exported rules come last, as for everybody. */
  private static boolean isOwn(DestinationPolicy policy, String namespace, boolean inRoot) {
    Set<String> exportTo = new TreeSet<>(policy.exportTo());
    boolean privateOnly = exportTo.equals(Set.of(".")) || exportTo.equals(Set.of(namespace));
    return !exportTo.equals(Set.of("~")) && (!inRoot || privateOnly);
  }

  private static boolean selects(DestinationPolicy policy, Map<String, String> labels) {
    return policy.selector().map(it -> it.matches(labels)).orElse(true);
  }

  private static boolean isExported(DestinationPolicy policy, String owner, String client) {
    List<String> exportTo = policy.exportTo();
    return policy.selector().isEmpty()
        && (exportTo.isEmpty()
            || exportTo.contains("*")
            || exportTo.contains(client)
            || (exportTo.contains(".") && owner.equals(client)));
  }

  private static void add(List<DestinationPolicy> policies, DestinationRule rule) {
    DestinationRuleSpec spec = rule.spec();
    for (int i = 0; i < policies.size(); i++) {
      DestinationPolicy policy = policies.get(i);
      if (new TreeSet<>(policy.exportTo()).equals(new TreeSet<>(spec.exportTo()))
          && policy.selector().equals(spec.workloadSelector())) {
        policies.set(i, merge(policy, rule));
        return;
      }
    }
    policies.add(
        merge(
            new DestinationPolicy(
                List.of(), spec.exportTo(), spec.workloadSelector(), Optional.empty(), List.of()),
            rule));
  }

  private static DestinationPolicy merge(DestinationPolicy older, DestinationRule rule) {
    List<ConfigKey> sources = new ArrayList<>(older.sources());
    sources.add(rule.key());
    Map<String, Subset> subsetsByName = new LinkedHashMap<>();
    older.subsets().forEach(subset -> subsetsByName.put(subset.name(), subset));
    rule.spec().subsets().forEach(subset -> subsetsByName.putIfAbsent(subset.name(), subset));
    return new DestinationPolicy(
        sources,
        older.exportTo(),
        older.selector(),
        older.trafficPolicy().or(() -> rule.spec().trafficPolicy()),
        List.copyOf(subsetsByName.values()));
  }
}
