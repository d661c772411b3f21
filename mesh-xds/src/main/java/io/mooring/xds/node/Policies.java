package io.mooring.xds.node;

import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.VirtualService;
import io.mooring.registry.MeshSettings;
import io.mooring.registry.RegistrySnapshot;
import java.util.List;

/**
 * The indexes over the traffic rules that one namespace sees. Immutable; built from the rules
 * alone, so that they serve every snapshot with equal rules.
 */
record Policies(
    String namespace,
    MeshSettings settings,
    List<DestinationRule> rules,
    DestinationRuleIndex destinationRules,
    List<VirtualService> services,
    VirtualServiceIndex virtualServices) {

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
        VirtualServiceIndex.of(services, namespace, settings));
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
