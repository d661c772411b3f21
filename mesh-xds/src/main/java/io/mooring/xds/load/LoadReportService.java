package io.mooring.xds.load;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterStats;
import io.envoyproxy.envoy.config.endpoint.v3.EndpointLoadMetricStats;
import io.envoyproxy.envoy.config.endpoint.v3.UpstreamLocalityStats;
import io.envoyproxy.envoy.service.load_stats.v3.LoadReportingServiceGrpc;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsRequest;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsResponse;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.mooring.model.Locality;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.server.NodeAuthorizer;
import io.mooring.xds.server.PeerIdentity;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes load reports, to be added to the gRPC server that serves xDS: clients report to where their
 * clusters come from. Thread-safe.
 *
 * <p>A client that cannot be told to report all of its clusters is asked for those of a list.
 */
public final class LoadReportService implements BindableService {

  private static final Logger log = LoggerFactory.getLogger(LoadReportService.class);

  /** What clients say that can be told "all clusters", lrs.proto. */
  private static final String ALL_CLUSTERS_FEATURE = "envoy.lrs.supports_send_all_clusters";

  private final Duration interval;
  private final NodeAuthorizer authorizer;
  private final LoadReportObserver observer;
  private final Function<ProxyNode, ? extends Collection<String>> clustersOf;

  /** Creates the service, with an empty list for clients that need one: they report nothing. */
  public LoadReportService(
      Duration interval, NodeAuthorizer authorizer, LoadReportObserver observer) {
    this(interval, authorizer, observer, node -> List.of());
  }

  /**
   * Creates the service.
   *
   * @param interval how often clients are to report
   * @param authorizer who may report as which node
   * @param observer who hears of it
   * @param clustersOf the clusters of a client that needs a list, e.g. those of {@link
   *     io.mooring.xds.server.XdsServer#configDump}; asked once a stream
   * @throws IllegalArgumentException if {@code interval} is not above zero
   */
  public LoadReportService(
      Duration interval,
      NodeAuthorizer authorizer,
      LoadReportObserver observer,
      Function<ProxyNode, ? extends Collection<String>> clustersOf) {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("interval: " + interval + " (expected: > 0)");
    }
    this.interval = interval;
    this.authorizer = requireNonNull(authorizer, "authorizer");
    this.observer = requireNonNull(observer, "observer");
    this.clustersOf = requireNonNull(clustersOf, "clustersOf");
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new LoadReportingServiceGrpc.LoadReportingServiceImplBase() {
      @Override
      public StreamObserver<LoadStatsRequest> streamLoadStats(
          StreamObserver<LoadStatsResponse> responses) {
        return new ReportStream(responses, PeerIdentity.current());
      }
    }.bindService();
  }

  private LoadStatsResponse instructions(Node node, ProxyNode parsed) {
    LoadStatsResponse.Builder instructions =
        LoadStatsResponse.newBuilder()
            .setLoadReportingInterval(Durations.fromNanos(interval.toNanos()));
    return node.getClientFeaturesList().contains(ALL_CLUSTERS_FEATURE)
        ? instructions.setSendAllClusters(true).build()
        : instructions.addAllClusters(new TreeSet<>(clustersOf.apply(parsed))).build();
  }

  private static ClusterLoad load(ClusterStats stats) {
    return new ClusterLoad(
        stats.getClusterName(),
        stats.getClusterServiceName(),
        Duration.ofNanos(Durations.toNanos(stats.getLoadReportInterval())),
        stats.getTotalDroppedRequests(),
        stats.getUpstreamLocalityStatsList().stream().map(LoadReportService::load).toList());
  }

  private static LocalityLoad load(UpstreamLocalityStats stats) {
    SortedMap<String, Double> meanByMetric = new TreeMap<>();
    for (EndpointLoadMetricStats metric : stats.getLoadMetricStatsList()) {
      if (metric.getNumRequestsFinishedWithMetric() > 0) {
        meanByMetric.put(
            metric.getMetricName(),
            metric.getTotalMetricValue() / metric.getNumRequestsFinishedWithMetric());
      }
    }
    return new LocalityLoad(
        new Locality(
            stats.getLocality().getRegion(),
            stats.getLocality().getZone(),
            stats.getLocality().getSubZone()),
        stats.getPriority(),
        stats.getTotalIssuedRequests(),
        stats.getTotalSuccessfulRequests(),
        stats.getTotalErrorRequests(),
        stats.getTotalRequestsInProgress(),
        meanByMetric);
  }

  /** One client's reports. Confined to its call. */
  private final class ReportStream implements StreamObserver<LoadStatsRequest> {

    private final StreamObserver<LoadStatsResponse> responses;
    private final PeerIdentity peer;
    private @Nullable ProxyNode node;
    private boolean refused;

    ReportStream(StreamObserver<LoadStatsResponse> responses, PeerIdentity peer) {
      this.responses = responses;
      this.peer = peer;
    }

    @Override
    public void onNext(LoadStatsRequest request) {
      if (refused) {
        return;
      }
      @Nullable ProxyNode known = node;
      if (known == null) {
        try {
          known = open(request.getNode());
        } catch (StatusRuntimeException e) {
          refused = true;
          responses.onError(e);
          return;
        }
      }
      if (request.getClusterStatsCount() > 0) {
        report(known, request.getClusterStatsList().stream().map(LoadReportService::load).toList());
      }
    }

    private ProxyNode open(Node said) {
      ProxyNode opened = ProxyNode.parse(said);
      authorizer.authorize(peer, opened);
      node = opened;
      responses.onNext(instructions(said, opened));
      return opened;
    }

    private void report(ProxyNode reporter, List<ClusterLoad> loads) {
      try {
        observer.reported(reporter, loads);
      } catch (RuntimeException e) {
        log.warn("event=load_observer_failed node={}", reporter.id(), e);
      }
    }

    @Override
    public void onError(Throwable cancelled) {
      // The client is gone: it reports on its next stream.
    }

    @Override
    public void onCompleted() {
      if (!refused) {
        responses.onCompleted();
      }
    }
  }
}
