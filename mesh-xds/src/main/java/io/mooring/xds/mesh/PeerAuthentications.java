package io.mooring.xds.mesh;

import io.mooring.model.security.PeerAuthentication;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.xds.translate.authn.PeerAuthenticationIndex;
import java.util.Collection;
import java.util.List;

/**
 * Remembers the newest index of PeerAuthentications; all namespaces share it, and the next snapshot
 * takes it over where no PeerAuthentication changed. Thread-safe.
 */
final class PeerAuthentications {

  private volatile Known newest = Known.of(List.of(), "");

  private record Known(
      Collection<PeerAuthentication> policies,
      String rootNamespace,
      PeerAuthenticationIndex index) {

    static Known of(Collection<PeerAuthentication> policies, String rootNamespace) {
      return new Known(
          policies, rootNamespace, PeerAuthenticationIndex.of(policies, rootNamespace));
    }
  }

  @SuppressWarnings("ReferenceEquality") // equal ones that are not the same only cost a new index
  PeerAuthenticationIndex index(RegistrySnapshot snapshot) {
    Known known = newest;
    Collection<PeerAuthentication> policies = snapshot.objects(PeerAuthentication.class);
    String rootNamespace = snapshot.settings().rootNamespace();
    if (known.policies() != policies || !known.rootNamespace().equals(rootNamespace)) {
      known = Known.of(policies, rootNamespace);
      newest = known;
    }
    return known.index();
  }
}
