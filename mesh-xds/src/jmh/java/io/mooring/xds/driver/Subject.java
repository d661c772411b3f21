package io.mooring.xds.driver;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.grpc.ServerBuilder;
import java.util.ArrayList;
import java.util.List;

/** A control plane under load: the same clusters for every client. */
interface Subject extends AutoCloseable {

  /** Adds its services to a server. */
  void bindTo(ServerBuilder<?> server);

  /** Changes one cluster, for all clients. */
  void change(int revision);

  @Override
  void close();

  static Subject of(String kind, int clusters) {
    return switch (kind) {
      case "mooring" -> new MooringSubject(clusters);
      case "java-control-plane" -> new JavaControlPlaneSubject(clusters);
      case "bare" -> new BareSubject(clusters);
      default ->
          throw new IllegalArgumentException(
              "subject: '" + kind + "' (expected: mooring, java-control-plane or bare)");
    };
  }

  static Cluster cluster(int number, int revision) {
    String name = "outbound|80||service-" + number + ".default.svc.cluster.local";
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(name)
            .setType(Cluster.DiscoveryType.EDS)
            .setAltStatName("revision-" + revision)
            .setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST);
    cluster.getEdsClusterConfigBuilder().setServiceName(name).getEdsConfigBuilder().getAdsBuilder();
    cluster.getConnectTimeoutBuilder().setSeconds(10);
    return cluster.build();
  }

  static List<Cluster> clusters(int count, int revisionOfFirst) {
    List<Cluster> clusters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clusters.add(cluster(i, i == 0 ? revisionOfFirst : 0));
    }
    return clusters;
  }
}
