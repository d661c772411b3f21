package io.mooring.xds.node;

import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.L4MatchAttributes;
import io.mooring.model.networking.TlsMatchAttributes;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.VirtualServiceSpec;
import io.mooring.registry.MeshSettings;
import io.mooring.registry.RegistrySnapshot;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * The indexes over the traffic rules that one namespace sees. Immutable; built from the rules
 * alone, so that they serve every snapshot with the same rules.
 *
 * @param namespace of the clients
 * @param settings under which hosts are completed
 * @param rules every DestinationRule, oldest first
 * @param destinationRules the index of {@code rules}
 * @param services every VirtualService, oldest first
 * @param virtualServices the index of {@code services}
 * @param byLabel whether any that this namespace sees is for workloads with certain labels only
 */
record Policies(
    String namespace,
    MeshSettings settings,
    Collection<DestinationRule> rules,
    DestinationRuleIndex destinationRules,
    Collection<VirtualService> services,
    VirtualServiceIndex virtualServices,
    boolean byLabel) {

  static Policies of(RegistrySnapshot snapshot, String namespace) {
    Collection<DestinationRule> rules = snapshot.objects(DestinationRule.class);
    Collection<VirtualService> services = snapshot.objects(VirtualService.class);
    MeshSettings settings = snapshot.settings();
    VirtualServiceIndex virtualServices = VirtualServiceIndex.of(services, namespace, settings);
    return new Policies(
        namespace,
        settings,
        rules,
        DestinationRuleIndex.of(rules, settings),
        services,
        virtualServices,
        rules.stream().anyMatch(rule -> selectsIn(namespace, rule))
            || virtualServices.inOrder().stream().anyMatch(Policies::matchesLabels));
  }

  /** A rule with a selector is for proxies of its own namespace only. */
  private static boolean selectsIn(String namespace, DestinationRule rule) {
    return rule.metadata().namespace().equals(namespace)
        && rule.spec().workloadSelector().isPresent();
  }

  private static boolean matchesLabels(VirtualService virtualService) {
    VirtualServiceSpec spec = virtualService.spec();
    return Stream.of(
            spec.http().stream()
                .flatMap(route -> route.match().stream())
                .map(HttpMatchRequest::sourceLabels),
            spec.tcp().stream()
                .flatMap(route -> route.match().stream())
                .map(L4MatchAttributes::sourceLabels),
            spec.tls().stream()
                .flatMap(route -> route.match().stream())
                .map(TlsMatchAttributes::sourceLabels))
        .flatMap(labels -> labels)
        .anyMatch(labels -> !labels.isEmpty());
  }

  /**
   * Returns the indexes of another snapshot; these themselves where no rule changed. Costs nothing
   * that grows with the rules where the snapshot shares its collections with the one before.
   */
  Policies of(RegistrySnapshot snapshot) {
    return settings.equals(snapshot.settings())
            && isSame(rules, snapshot.objects(DestinationRule.class))
            && isSame(services, snapshot.objects(VirtualService.class))
        ? this
        : of(snapshot, namespace);
  }

  @SuppressWarnings("ReferenceEquality") // equal ones that are not the same only cost a new index
  private static boolean isSame(Collection<?> one, Collection<?> other) {
    return one == other || (one.isEmpty() && other.isEmpty());
  }
}
