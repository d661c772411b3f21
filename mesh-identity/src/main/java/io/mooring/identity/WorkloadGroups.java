package io.mooring.identity;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.registry.RegistrySnapshot;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/** The WorkloadGroups of now, and the identity that each gives its members. Thread-safe. */
public interface WorkloadGroups {

  /** The account of a group whose template names none. */
  String DEFAULT_SERVICE_ACCOUNT = "default";

  /**
   * Returns the group with this key; with that of a WorkloadEntry which somebody wrote by hand, the
   * group of which its workload is the only member.
   */
  Optional<WorkloadGroup> find(ConfigKey key);

  /** Returns the groups of a namespace, in a fixed order. */
  Collection<WorkloadGroup> inNamespace(String namespace);

  /** Returns the groups of the snapshot that {@code snapshots} gives at each call. */
  static WorkloadGroups of(Supplier<? extends RegistrySnapshot> snapshots) {
    return new WorkloadGroups() {
      @Override
      public Optional<WorkloadGroup> find(ConfigKey key) {
        Optional<ConfigObject> found = snapshots.get().object(key);
        return found
            .filter(WorkloadGroup.class::isInstance)
            .map(WorkloadGroup.class::cast)
            .or(
                () ->
                    found
                        .filter(WorkloadEntry.class::isInstance)
                        .map(WorkloadEntry.class::cast)
                        .filter(entry -> !isRegistered(entry))
                        .map(WorkloadGroups::ofOne));
      }

      private boolean isRegistered(WorkloadEntry entry) {
        return entry.metadata().annotations().containsKey("istio.io/autoRegistrationGroup");
      }

      @Override
      public Collection<WorkloadGroup> inNamespace(String namespace) {
        return snapshots.get().objects(WorkloadGroup.class, namespace);
      }
    };
  }

  /** Returns the group of which the workload of {@code entry} is the only member. */
  static WorkloadGroup ofOne(WorkloadEntry entry) {
    return WorkloadGroup.builder()
        .metadata(Metadata.of(entry.metadata().namespace(), entry.metadata().name()))
        .spec(WorkloadGroupSpec.builder().template(entry.spec()).build())
        .build();
  }

  /** Returns the service account of a group's members. */
  static String serviceAccount(WorkloadGroup group) {
    String account = group.spec().template().serviceAccount();
    return account.isEmpty() ? DEFAULT_SERVICE_ACCOUNT : account;
  }

  /**
   * Returns the identity of a group's members: {@code
   * spiffe://trust-domain/ns/namespace/sa/service-account}.
   *
   * @throws InvalidSpiffeIdException if namespace or service account is no path segment, e.g. has a
   *     {@code /}, which would spell another workload's identity
   */
  static SpiffeId identity(TrustDomain trustDomain, WorkloadGroup group) {
    String namespace = group.metadata().namespace();
    String account = serviceAccount(group);
    if (namespace.indexOf('/') >= 0 || account.indexOf('/') >= 0) {
      throw new InvalidSpiffeIdException(
          group.key().toString(),
          "namespace '" + namespace + "', account '" + account + "' (expected: no '/')");
    }
    return trustDomain.workload(namespace, account);
  }
}
