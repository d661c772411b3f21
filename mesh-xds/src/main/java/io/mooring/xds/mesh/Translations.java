package io.mooring.xds.mesh;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.translate.cluster.ClusterInput;
import io.mooring.xds.translate.cluster.FixedClusters;
import io.mooring.xds.translate.cluster.OutboundClusters;
import io.mooring.xds.translate.endpoint.EndpointInput;
import io.mooring.xds.translate.endpoint.LoadAssignments;
import io.mooring.xds.translate.route.RouteConfigurations;
import io.mooring.xds.translate.route.RouteInput;
import java.util.List;
import java.util.Optional;

/**
 * The pure translators, each with a memory of what it made: proxies that see the same share the
 * work and the bytes. Thread-safe.
 */
final class Translations {

  private final Memo<ClusterInput, Optional<VersionedResource>> clusters;
  private final Memo<EndpointInput, VersionedResource> assignments;
  private final Memo<RouteInput, VersionedResource> routes;
  private final List<VersionedResource> fixedClusters =
      List.of(resource(FixedClusters.blackHole()), resource(FixedClusters.passthrough()));

  /**
   * @param budget about how many bytes may be remembered, in all
   */
  Translations(long budget) {
    this.clusters =
        new Memo<>(
            budget / 4,
            (input, cluster) ->
                Weights.elements(input.peerNames().size() + input.addresses().size())
                    + cluster.map(Weights::of).orElse(0L),
            input -> OutboundClusters.translate(input).map(Translations::resource));
    this.assignments =
        new Memo<>(
            budget / 2,
            (input, assignment) -> Weights.of(input) + Weights.of(assignment),
            Translations::translate);
    this.routes =
        new Memo<>(
            budget / 4,
            (input, route) -> Weights.of(input) + Weights.of(route),
            input -> VersionedResource.of(input.name(), RouteConfigurations.translate(input)));
  }

  /** Returns about how many bytes are remembered. */
  long weight() {
    return clusters.weight() + assignments.weight() + routes.weight();
  }

  Optional<VersionedResource> cluster(ClusterInput input) {
    return clusters.get(input);
  }

  VersionedResource assignment(EndpointInput input) {
    return assignments.get(input);
  }

  VersionedResource route(RouteInput input) {
    return routes.get(input);
  }

  List<VersionedResource> fixedClusters() {
    return fixedClusters;
  }

  /** Not remembered: clients choose the names. */
  static VersionedResource emptyAssignment(String cluster) {
    return translate(new EndpointInput(cluster, List.of()));
  }

  /** Not remembered: clients choose the names. */
  static VersionedResource emptyRoute(String name) {
    return VersionedResource.of(name, RouteConfigurations.empty(name));
  }

  private static VersionedResource translate(EndpointInput input) {
    return VersionedResource.of(input.cluster(), LoadAssignments.translate(input));
  }

  private static VersionedResource resource(Cluster cluster) {
    return VersionedResource.of(cluster.getName(), cluster);
  }
}
