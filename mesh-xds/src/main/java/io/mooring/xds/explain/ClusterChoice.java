package io.mooring.xds.explain;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.mooring.xds.explain.Step.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the clusters are that a route names. */
final class ClusterChoice {

  private final List<String> chosen = new ArrayList<>();
  private final List<Rejection> rejected = new ArrayList<>();

  ClusterChoice(Generated generated, List<String> names) {
    for (String name : names) {
      Optional<Cluster> cluster = generated.cluster(name);
      if (cluster.isPresent()) {
        chosen.add(name + ", " + discovery(cluster.get()) + ", " + security(cluster.get()));
      } else {
        rejected.add(new Rejection(name, "no such cluster: Envoy answers 503"));
      }
    }
  }

  List<String> chosen() {
    return chosen;
  }

  List<Rejection> rejected() {
    return rejected;
  }

  private static String discovery(Cluster cluster) {
    return cluster.hasClusterType()
        ? cluster.getClusterType().getName()
        : cluster.getType().toString();
  }

  private static String security(Cluster cluster) {
    if (cluster.getTransportSocketMatchesCount() > 0) {
      return "mTLS to endpoints that speak it, plain text to others";
    }
    Security.Spoken spoken = Security.spoken(cluster);
    return spoken == Security.Spoken.PLAIN_TEXT ? spoken.toString() : spoken + " to every endpoint";
  }
}
