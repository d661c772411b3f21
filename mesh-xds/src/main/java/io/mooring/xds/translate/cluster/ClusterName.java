package io.mooring.xds.translate.cluster;

/** Spells the names of clusters as Istio does, so that dashboards and habits carry over. */
public final class ClusterName {

  /** The cluster that sends traffic where it was going anyway. */
  public static final String PASSTHROUGH = "PassthroughCluster";

  /** The cluster without endpoints. */
  public static final String BLACK_HOLE = "BlackHoleCluster";

  private ClusterName() {}

  /**
   * Returns {@code outbound|port|subset|host}.
   *
   * @param subset {@code ""} for the whole service
   */
  public static String outbound(int port, String subset, String host) {
    return "outbound|" + port + "|" + subset + "|" + host;
  }

  /** Returns {@code outbound_.port_.subset_.host}, the name that mutual TLS sends as SNI. */
  public static String sni(int port, String subset, String host) {
    return "outbound_." + port + "_." + subset + "_." + host;
  }
}
