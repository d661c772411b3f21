package io.mooring.xds.node;

import io.mooring.model.networking.VirtualService;
import io.mooring.registry.MeshSettings;
import io.mooring.service.HostNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers which VirtualService shapes the traffic of one namespace to a host. Immutable.
 *
 * <p>Of two for one host the first wins; they are not merged.
 */
public final class VirtualServiceIndex {

  private static final String MESH = "mesh";

  private final List<VirtualService> inOrder;
  private final Map<String, VirtualService> byHost;

  private VirtualServiceIndex(List<VirtualService> inOrder, Map<String, VirtualService> byHost) {
    this.inOrder = inOrder;
    this.byHost = byHost;
  }

  /**
   * Returns the index of those that are bound to sidecars and visible in one namespace: first those
   * that are not public, then the others, each in the order of {@code all}.
   *
   * @param all oldest first
   */
  static VirtualServiceIndex of(
      Collection<VirtualService> all, String namespace, MeshSettings settings) {
    List<VirtualService> inOrder = new ArrayList<>();
    List<VirtualService> published = new ArrayList<>();
    for (VirtualService candidate : all) {
      if (isForSidecars(candidate)) {
        if (isPublic(candidate)) {
          published.add(candidate);
        } else if (isExported(candidate, namespace)) {
          inOrder.add(candidate);
        }
      }
    }
    inOrder.addAll(published);
    return of(inOrder, settings.clusterDomain());
  }

  /**
   * Returns the index of VirtualServices that are all bound to sidecars and visible.
   *
   * @param inOrder in the order of precedence
   * @param clusterDomain suffix that completes short host names
   */
  public static VirtualServiceIndex of(List<VirtualService> inOrder, String clusterDomain) {
    Map<String, VirtualService> byHost = new HashMap<>();
    for (VirtualService virtualService : inOrder) {
      for (String host : virtualService.spec().hosts()) {
        byHost.putIfAbsent(
            HostNames.complete(host, virtualService.metadata().namespace(), clusterDomain),
            virtualService);
      }
    }
    return new VirtualServiceIndex(List.copyOf(inOrder), byHost);
  }

  List<VirtualService> inOrder() {
    return inOrder;
  }

  /** Returns the one whose host is {@code host}, else the one with the longest wildcard over it. */
  public Optional<VirtualService> find(String host) {
    String pattern = host;
    while (true) {
      @Nullable VirtualService found = byHost.get(pattern);
      if (found != null || pattern.equals("*")) {
        return Optional.ofNullable(found);
      }
      pattern = HostNames.widen(pattern);
    }
  }

  private static boolean isForSidecars(VirtualService candidate) {
    List<String> gateways = candidate.spec().gateways();
    return gateways.isEmpty() || gateways.contains(MESH);
  }

  private static boolean isPublic(VirtualService candidate) {
    List<String> exportTo = candidate.spec().exportTo();
    return exportTo.isEmpty() || exportTo.contains("*");
  }

  private static boolean isExported(VirtualService candidate, String namespace) {
    List<String> exportTo = candidate.spec().exportTo();
    return exportTo.contains(namespace)
        || (exportTo.contains(".") && candidate.metadata().namespace().equals(namespace));
  }
}
