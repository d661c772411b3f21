package io.mooring.model.validation;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.mesh.MeshNetworks;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Warns of objects that each are right and together do not do what they say. Pure.
 *
 * <p>Istio accepts all of this without a word: timeouts and faults where only encrypted bytes pass,
 * WorkloadGroups whose members no service has, WorkloadEntries behind networks without a gateway.
 */
public final class MeshValidator {

  private MeshValidator() {}

  /**
   * Returns the violations by object, in the order of their keys; only objects that have any.
   *
   * @param objects all objects of a mesh, of any kind, each without an error of its own
   */
  public static SortedMap<ConfigKey, List<Violation>> validate(
      Collection<? extends ConfigObject> objects) {
    List<ServiceEntry> entries = only(ServiceEntry.class, objects);
    SelectedWorkloads selected = new SelectedWorkloads(entries, only(Service.class, objects));
    EncryptedPorts encrypted = new EncryptedPorts(entries);
    Set<String> reachable = networksWithGateway(only(MeshNetworks.class, objects));
    SortedMap<ConfigKey, List<Violation>> violationsByKey = new TreeMap<>();
    for (ConfigObject object : objects) {
      Violations violations = new Violations();
      if (object instanceof VirtualService service) {
        encrypted.check(service, violations);
      } else if (object instanceof WorkloadGroup group) {
        selected.check(group, violations);
      } else if (object instanceof WorkloadEntry entry) {
        checkNetwork(entry, reachable, violations);
      }
      if (!violations.found().isEmpty()) {
        violationsByKey.put(object.key(), violations.found());
      }
    }
    return violationsByKey;
  }

  private static Set<String> networksWithGateway(List<MeshNetworks> all) {
    Set<String> names = new HashSet<>();
    for (MeshNetworks networks : all) {
      networks
          .spec()
          .networks()
          .forEach(
              (name, network) -> {
                if (!network.gateways().isEmpty()) {
                  names.add(name);
                }
              });
    }
    return names;
  }

  private static void checkNetwork(
      WorkloadEntry entry, Set<String> reachable, Violations violations) {
    String network = entry.spec().network();
    if (entry.spec().address().isEmpty() && !reachable.contains(network)) {
      violations.warning(
          FieldPath.ROOT.field("spec").field("network"),
          network,
          "unreachable: it has no address, and MeshNetworks no gateway of network "
              + Quoted.value(network));
    }
  }

  private static <T> List<T> only(Class<T> type, Collection<? extends ConfigObject> objects) {
    return objects.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
