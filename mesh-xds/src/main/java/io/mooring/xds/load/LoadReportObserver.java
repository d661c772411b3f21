package io.mooring.xds.load;

import io.mooring.xds.node.ProxyNode;
import java.util.List;

/** Hears of load. Called on the call's thread: implementations are thread-safe and quick. */
@FunctionalInterface
public interface LoadReportObserver {

  /**
   * Called for each report.
   *
   * @param node who reports
   * @param loads one a cluster, in the order of the report
   */
  void reported(ProxyNode node, List<ClusterLoad> loads);
}
