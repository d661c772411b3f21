package io.mooring.xds.driver;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Clients that mean harm, one of each kind on a connection of its own: each attacks, waits until
 * its stream is ended, and attacks again.
 */
final class HostileClients implements AutoCloseable {

  private static final String ENDPOINTS =
      "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
  private static final int NONCES = 1_000;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final LongAdder attacks = new LongAdder();

  private HostileClients() {}

  /** Starts one client of each kind. */
  static HostileClients start(Supplier<ManagedChannel> channels) {
    HostileClients clients = new HostileClients();
    List<ByteString> nonces =
        IntStream.range(0, NONCES)
            .mapToObj(i -> request().setResponseNonce("nonce-" + i).build().toByteString())
            .toList();
    List<List<ByteString>> kinds =
        List.of(
            List.of(
                request()
                    .addAllResourceNamesSubscribe(
                        IntStream.range(0, 100_000).mapToObj(i -> "name-" + i).toList())
                    .build()
                    .toByteString()),
            List.of(ByteString.copyFrom(new byte[] {-1, -1, 7, 7, 7})),
            nonces,
            List.of(
                request().addResourceNamesSubscribe("x".repeat(5 << 20)).build().toByteString()));
    for (List<ByteString> kind : kinds) {
      ManagedChannel channel = channels.get();
      clients.threads.execute(() -> clients.attackOnAndOn(channel, kind));
    }
    return clients;
  }

  private static DeltaDiscoveryRequest.Builder request() {
    return DeltaDiscoveryRequest.newBuilder()
        .setNode(Node.newBuilder().setId("hostile"))
        .setTypeUrl(ENDPOINTS);
  }

  /** Returns how many attacks were made so far. */
  long attacks() {
    return attacks.sum();
  }

  private void attackOnAndOn(ManagedChannel channel, List<ByteString> requests) {
    try {
      while (!threads.isShutdown()) {
        attack(channel, requests);
        attacks.increment();
        Thread.sleep(10); // the driver is to have a processor too
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // ends
    }
  }

  private static void attack(ManagedChannel channel, List<ByteString> requests)
      throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    var stream =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(WireClient.METHOD, CallOptions.DEFAULT), new Ended(ended));
    for (ByteString request : requests) {
      stream.onNext(request);
    }
    if (requests.size() > 1) {
      stream.onCompleted(); // a flood is not ended by the server, which reads it
    }
    ended.await(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /** Waits for the end of a stream, and reads what comes before. */
  private record Ended(CountDownLatch ended)
      implements ClientResponseObserver<ByteString, WireClient.Heard> {

    @Override
    public void beforeStart(@Nullable ClientCallStreamObserver<ByteString> requests) {}

    @Override
    public void onNext(WireClient.Heard response) {}

    @Override
    public void onError(Throwable failure) {
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }
}
