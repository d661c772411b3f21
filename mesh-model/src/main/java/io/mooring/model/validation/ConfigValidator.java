package io.mooring.model.validation;

import io.mooring.model.ConfigObject;
import io.mooring.model.kubernetes.Namespace;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.mesh.MeshConfig;
import io.mooring.model.mesh.MeshNetworks;
import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.Gateway;
import io.mooring.model.networking.ProxyConfig;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.Sidecar;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.security.AuthorizationPolicy;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.RequestAuthentication;
import java.util.List;

/**
 * Says which rules an object breaks, looking at nothing but the object. Pure.
 *
 * <p>An object without an error can be translated: whatever a proxy would refuse, and whatever
 * Istio's admission would, is an error here.
 */
public final class ConfigValidator {

  private ConfigValidator() {}

  /**
   * Returns all violations, in the order of the fields; empty where there are none.
   *
   * @param object an object of any kind; of kinds that the model does not have only the metadata is
   *     looked at
   */
  public static List<Violation> validate(ConfigObject object) {
    Violations violations = new Violations();
    boolean cluster = object instanceof Namespace;
    MetadataRules.check(
        object.metadata(), !cluster, cluster || object instanceof Service, violations);
    MetadataRules.checkDryRun(object, violations);
    if (!checkNetworking(object, violations) && !checkSecurity(object, violations)) {
      checkOthers(object, violations);
    }
    return violations.found();
  }

  private static boolean checkNetworking(ConfigObject object, Violations violations) {
    if (object instanceof WorkloadEntry entry) {
      WorkloadEntryRules.check(entry.spec(), FieldPath.ROOT.field("spec"), violations);
    } else if (object instanceof ServiceEntry entry) {
      ServiceEntryRules.check(entry, violations);
    } else if (object instanceof WorkloadGroup group) {
      WorkloadGroupRules.check(group, violations);
    } else if (object instanceof VirtualService service) {
      VirtualServiceRules.check(service, violations);
    } else if (object instanceof DestinationRule rule) {
      DestinationRuleRules.check(rule, violations);
    } else if (object instanceof Gateway gateway) {
      GatewayRules.check(gateway, violations);
    } else if (object instanceof Sidecar sidecar) {
      SidecarRules.check(sidecar, violations);
    } else if (object instanceof ProxyConfig config) {
      ProxyConfigRules.check(config, violations);
    } else {
      return false;
    }
    return true;
  }

  private static boolean checkSecurity(ConfigObject object, Violations violations) {
    if (object instanceof PeerAuthentication policy) {
      PeerAuthenticationRules.check(policy, violations);
    } else if (object instanceof RequestAuthentication policy) {
      RequestAuthenticationRules.check(policy, violations);
    } else if (object instanceof AuthorizationPolicy policy) {
      AuthorizationPolicyRules.check(policy, violations);
    } else {
      return false;
    }
    return true;
  }

  private static void checkOthers(ConfigObject object, Violations violations) {
    if (object instanceof Service service) {
      ServiceRules.check(service, violations);
    } else if (object instanceof MeshConfig config) {
      MeshConfigRules.check(config, violations);
    } else if (object instanceof MeshNetworks networks) {
      MeshNetworksRules.check(networks, violations);
    }
  }
}
