package io.mooring.xds.mesh;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.MeshWorkload;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.authn.PeerAuthenticationIndex;
import io.mooring.xds.translate.endpoint.SplitHorizon;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One proxy, what it sees, and what the registry knows of its workload. Immutable.
 *
 * @param scope what it sees
 * @param node what it says of itself
 * @param peerAuthentications what workloads accept
 * @param targets what its workload serves
 * @param labels of its workload: those that the registry knows win over those that the node claims;
 *     only the latter where nothing that may be for it selects by labels
 */
record ScopedProxy(
    ProxyScope scope,
    ProxyNode node,
    PeerAuthenticationIndex peerAuthentications,
    List<ServiceTarget> targets,
    SortedMap<String, String> labels) {

  static ScopedProxy of(
      ProxyScope scope, ProxyNode node, PeerAuthenticationIndex peerAuthentications) {
    RegistrySnapshot snapshot = scope.snapshot();
    List<ServiceTarget> targets =
        snapshot.targets(node.namespace(), node.networkIn(snapshot.networks()), node.addresses());
    boolean labelsMatter =
        scope.hasRulesByLabel() || peerAuthentications.selectsByLabel(node.namespace());
    SortedMap<String, String> labels =
        labelsMatter
            ? labels(snapshot, node, targets)
            : Collections.unmodifiableSortedMap(new TreeMap<>(node.labels()));
    return new ScopedProxy(scope, node, peerAuthentications, targets, labels);
  }

  /** Returns every service that the proxy sees, with the virtual IPs of its own cluster. */
  List<MeshService> services() {
    List<MeshService> all = scope.services();
    String cluster = node.clusterId();
    return cluster.isEmpty() || all.stream().allMatch(it -> it.addressesByCluster().isEmpty())
        ? all
        : all.stream().map(service -> service.seenFrom(cluster)).toList();
  }

  /** Returns how the proxy reaches endpoints of other networks than its own. */
  SplitHorizon horizon() {
    return new SplitHorizon(
        scope.snapshot().networks(), node.networkIn(scope.snapshot().networks()));
  }

  private static SortedMap<String, String> labels(
      RegistrySnapshot snapshot, ProxyNode node, List<ServiceTarget> targets) {
    NavigableMap<String, String> labels = new TreeMap<>(node.labels());
    List<Map<String, String>> known =
        targets.stream()
            .flatMap(target -> snapshot.endpoints(target.service().key()).stream())
            .filter(endpoint -> isOf(node, endpoint, node.networkIn(snapshot.networks())))
            .map(MeshEndpoint::labels)
            .toList();
    if (!known.isEmpty()) {
      known.forEach(labels::putAll);
    } else if (node.text("AUTO_REGISTER_GROUP").isPresent()) {
      labels.putAll(labelsOfGroup(snapshot, node));
    } else {
      snapshot.workloads(node.namespace(), node.addresses()).stream()
          .filter(workload -> workload.isOnNetworkOf(node.networkIn(snapshot.networks())))
          .findFirst()
          .map(MeshWorkload::labels)
          .ifPresent(labels::putAll);
    }
    return Collections.unmodifiableSortedMap(labels);
  }

  private static boolean isOf(ProxyNode node, MeshEndpoint endpoint, String network) {
    return endpoint.namespace().equals(node.namespace())
        && endpoint.isOnNetworkOf(network)
        && node.addresses().contains(endpoint.address());
  }

  private static Map<String, String> labelsOfGroup(RegistrySnapshot snapshot, ProxyNode node) {
    return node.text("AUTO_REGISTER_GROUP")
        .map(group -> new ConfigKey("WorkloadGroup", node.namespace(), group))
        .flatMap(snapshot::object)
        .filter(WorkloadGroup.class::isInstance)
        .map(WorkloadGroup.class::cast)
        .map(ScopedProxy::labelsOfMembers)
        .orElse(Map.of());
  }

  private static Map<String, String> labelsOfMembers(WorkloadGroup group) {
    Map<String, String> labels = new TreeMap<>(group.spec().template().labels());
    group.spec().metadata().map(WorkloadGroupMetadata::labels).ifPresent(labels::putAll);
    return labels;
  }
}
