package io.mooring.xds.node;

import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.VirtualServiceSpec;
import io.mooring.registry.MeshSettings;
import io.mooring.registry.RegistrySnapshot;
import java.util.List;

/**
 * The indexes over the traffic rules that one namespace sees. Immutable; built from the rules
 * alone, so that they serve every snapshot with equal rules.
 *
 * @param namespace of the clients
 * @param settings under which hosts are completed
 * @param rules every DestinationRule, oldest first
 * @param destinationRules the index of {@code rules}
 * @param services every VirtualService, oldest first
 * @param virtualServices the index of {@code services}
 * @param byLabel whether any of them is for workloads with certain labels only
 */
record Policies(
    String namespace,
    MeshSettings settings,
    List<DestinationRule> rules,
    DestinationRuleIndex destinationRules,
    List<VirtualService> services,
    VirtualServiceIndex virtualServices,
    boolean byLabel) {

  static Policies of(RegistrySnapshot snapshot, String namespace) {
    List<DestinationRule> rules = List.copyOf(snapshot.objects(DestinationRule.class));
    List<VirtualService> services = List.copyOf(snapshot.objects(VirtualService.class));
    MeshSettings settings = snapshot.settings();
    return new Policies(
        namespace,
        settings,
        rules,
        DestinationRuleIndex.of(rules, settings),
        services,
        VirtualServiceIndex.of(services, namespace, settings),
        rules.stream().anyMatch(rule -> rule.spec().workloadSelector().isPresent())
            || services.stream().anyMatch(Policies::matchesLabels));
  }

  private static boolean matchesLabels(VirtualService virtualService) {
    VirtualServiceSpec spec = virtualService.spec();
    return spec.http().stream()
            .flatMap(route -> route.match().stream())
            .anyMatch(match -> !match.sourceLabels().isEmpty())
        || !spec.tcp().isEmpty()
        || !spec.tls().isEmpty();
  }

  /** Returns the indexes of another snapshot; these themselves where its rules are equal. */
  Policies of(RegistrySnapshot snapshot) {
    return settings.equals(snapshot.settings())
            && rules.equals(List.copyOf(snapshot.objects(DestinationRule.class)))
            && services.equals(List.copyOf(snapshot.objects(VirtualService.class)))
        ? this
        : of(snapshot, namespace);
  }
}
