package io.mooring.xds.mesh;

import io.mooring.registry.RegistrySnapshot;
import io.mooring.xds.node.ProxyScope;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the newest scope of each namespace, so that all of its proxies share it, and the scope
 * of the next snapshot takes over what has not changed. Thread-safe.
 */
final class Scopes {

  /** Nodes name their namespace: without a bound, names nobody else uses would pile up. */
  private static final int CAPACITY = 1_000;

  private final ConcurrentMap<String, ProxyScope> newestByNamespace = new ConcurrentHashMap<>();

  ProxyScope scope(RegistrySnapshot snapshot, String namespace) {
    @Nullable ProxyScope known = newestByNamespace.get(namespace);
    if (known == null) {
      if (newestByNamespace.size() >= CAPACITY) {
        newestByNamespace.clear();
      }
      ProxyScope scope = ProxyScope.of(snapshot, namespace);
      newestByNamespace.put(namespace, scope);
      return scope;
    }
    if (known.snapshot() == snapshot) {
      return known;
    }
    ProxyScope scope = known.of(snapshot);
    if (snapshot.revision() >= known.snapshot().revision()) {
      newestByNamespace.put(namespace, scope);
    }
    return scope;
  }
}
