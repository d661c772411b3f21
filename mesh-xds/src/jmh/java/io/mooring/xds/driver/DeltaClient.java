package io.mooring.xds.driver;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One client: asks for all clusters and accepts what comes. */
final class DeltaClient {

  private static final String CLUSTERS = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

  /** A name that nobody has: the answer tells that the server has looked at the rest too. */
  private static final String SENTINEL = "sentinel";

  private final Node node;
  private final Tally tally;
  private final Map<String, String> versionByName = new TreeMap<>();

  /**
   * What all clients got, together. Thread-safe.
   *
   * @param responses how many messages
   * @param resources how many resources
   * @param bytes of all messages
   * @param sentinels how many clients heard of the name that nobody has
   */
  record Tally(LongAdder responses, LongAdder resources, LongAdder bytes, LongAdder sentinels) {
    Tally() {
      this(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
    }

    void reset() {
      responses.reset();
      resources.reset();
      bytes.reset();
      sentinels.reset();
    }
  }

  DeltaClient(int number, Tally tally) {
    this.node = Node.newBuilder().setId("client-" + number).setUserAgentName("driver").build();
    this.tally = tally;
  }

  /**
   * Opens its stream.
   *
   * @param sentinel whether to ask for a name that nobody has, besides all clusters
   * @param reads whether to read anything
   */
  void connect(ManagedChannel channel, boolean sentinel, boolean reads) {
    DeltaDiscoveryRequest.Builder first =
        DeltaDiscoveryRequest.newBuilder()
            .setNode(node)
            .setTypeUrl(CLUSTERS)
            .putAllInitialResourceVersions(versionByName);
    if (sentinel) {
      first.addResourceNamesSubscribe("*").addResourceNamesSubscribe(SENTINEL);
    }
    AggregatedDiscoveryServiceGrpc.newStub(channel)
        .deltaAggregatedResources(new Responses(reads))
        .onNext(first.build());
  }

  /** Confined to the client's event loop. */
  private final class Responses
      implements ClientResponseObserver<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {

    private final boolean reads;
    private @Nullable ClientCallStreamObserver<DeltaDiscoveryRequest> requests;

    Responses(boolean reads) {
      this.reads = reads;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<DeltaDiscoveryRequest> started) {
      requests = started;
      if (!reads) {
        started.disableAutoRequestWithInitial(0);
      }
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      response
          .getResourcesList()
          .forEach(resource -> versionByName.put(resource.getName(), resource.getVersion()));
      tally.bytes().add(response.getSerializedSize());
      tally.resources().add(response.getResourcesCount());
      tally.sentinels().add(response.getRemovedResourcesList().contains(SENTINEL) ? 1 : 0);
      if (requests != null) {
        requests.onNext(
            DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(CLUSTERS)
                .setResponseNonce(response.getNonce())
                .build());
      }
      tally.responses().increment(); // last: whoever waits for it finds the rest done
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
