package io.mooring.xds.driver;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One client: asks for all clusters and accepts what comes. */
final class DeltaClient {

  private static final String CLUSTERS = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

  /** A name that nobody has: the answer tells that the server has looked at the rest too. */
  private static final String SENTINEL = "sentinel";

  private final Node node;
  private final Tally tally;
  private final Map<ByteString, ByteString> versionByName =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());

  /**
   * What all clients got, together, and what they keep once for all of them. Thread-safe.
   *
   * @param responses how many messages
   * @param resources how many resources
   * @param bytes of all messages
   * @param sentinels how many clients heard of the name that nobody has
   * @param kept names, versions and encoded lists of them
   */
  record Tally(
      LongAdder responses,
      LongAdder resources,
      LongAdder bytes,
      LongAdder sentinels,
      Map<ByteString, ByteString> kept) {

    Tally() {
      this(
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new ConcurrentHashMap<>());
    }

    void reset() {
      responses.reset();
      resources.reset();
      bytes.reset();
      sentinels.reset();
    }

    ByteString keep(ByteString bytes) {
      return kept.computeIfAbsent(bytes, same -> same);
    }
  }

  DeltaClient(int number, Tally tally) {
    this.node = Node.newBuilder().setId("client-" + number).setUserAgentName("driver").build();
    this.tally = tally;
  }

  /**
   * Returns the first request of its next stream, with the versions of what it has.
   *
   * @param sentinel whether to ask for a name that nobody has, besides all clusters
   */
  ByteString firstRequest(boolean sentinel) {
    DeltaDiscoveryRequest.Builder first =
        DeltaDiscoveryRequest.newBuilder().setNode(node).setTypeUrl(CLUSTERS);
    if (sentinel) {
      first.addResourceNamesSubscribe("*").addResourceNamesSubscribe(SENTINEL);
    }
    ByteString versions = tally.keep(WireClient.initialVersions(versionByName));
    return first.build().toByteString().concat(versions);
  }

  /**
   * Opens its stream.
   *
   * @param reads whether to read anything
   */
  Stream connect(ManagedChannel channel, ByteString firstRequest, boolean reads) {
    ClientCall<ByteString, WireClient.Heard> call =
        channel.newCall(WireClient.METHOD, CallOptions.DEFAULT);
    ClientCalls.asyncBidiStreamingCall(call, new Responses(reads)).onNext(firstRequest);
    return () -> call.cancel("the client leaves", null);
  }

  /** An open stream of a client. */
  interface Stream extends AutoCloseable {

    @Override
    void close();
  }

  /** Confined to the client's event loop. */
  private final class Responses implements ClientResponseObserver<ByteString, WireClient.Heard> {

    private final boolean reads;
    private @Nullable ClientCallStreamObserver<ByteString> requests;

    Responses(boolean reads) {
      this.reads = reads;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ByteString> started) {
      requests = started;
      if (!reads) {
        started.disableAutoRequestWithInitial(0);
      }
    }

    @Override
    public void onNext(WireClient.Heard response) {
      response
          .versions()
          .forEach((name, version) -> versionByName.put(tally.keep(name), tally.keep(version)));
      tally.bytes().add(response.bytes());
      tally.resources().add(response.versions().size());
      tally.sentinels().add(response.removed());
      if (requests != null) {
        requests.onNext(
            DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(CLUSTERS)
                .setResponseNonceBytes(response.nonce())
                .build()
                .toByteString());
      }
      tally.responses().increment(); // last: whoever waits for it finds the rest done
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
