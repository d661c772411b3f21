package io.mooring.xds.driver;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The same work on Mooring and on what it is compared with, over loopback sockets: one change to
 * all streams, a client that connects for the first time, one that comes back with all it had. The
 * clients share the process, so that figures of one run compare; {@link LoadDriver} measures the
 * server alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 3)
@Fork(1)
public class DiscoveryBenchmark {

  @Param({"mooring", "java-control-plane"})
  private String subject;

  @Param("100")
  private int streams;

  @Param("100")
  private int clusters;

  private final DeltaClient.Tally audience = new DeltaClient.Tally();
  private final DeltaClient.Tally comer = new DeltaClient.Tally();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private Subject served;
  private Server server;
  private ManagedChannel channel;
  private ByteString freshRequest;
  private ByteString returningRequest;
  private int revision;

  @Setup
  public void connect() throws IOException {
    served = Subject.of(subject, clusters);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    served.bindTo(builder);
    server = builder.build().start();
    for (int i = 0; i < streams; i++) {
      DeltaClient client = new DeltaClient(i, audience);
      client.connect(channel(), client.firstRequest(false), true);
    }
    await(audience.resources()::sum, (long) streams * clusters);
    channel = channel();
    DeltaClient client = new DeltaClient(streams, comer);
    freshRequest = client.firstRequest(false);
    client.connect(channel, freshRequest, true);
    await(comer.resources()::sum, clusters);
    returningRequest = client.firstRequest(isAnswered());
    channel.shutdownNow();
    channel = channel();
  }

  /** java-control-plane sends everything to those who come back, and does not know of missing. */
  private boolean isAnswered() {
    return !subject.equals("java-control-plane");
  }

  private ManagedChannel channel() {
    ManagedChannel opened =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()))
            .directExecutor()
            .usePlaintext()
            .build();
    channels.add(opened);
    return opened;
  }

  @TearDown
  public void disconnect() {
    channels.forEach(ManagedChannel::shutdownNow);
    served.close();
    server.shutdownNow();
  }

  /** Until the last stream has the change. */
  @Benchmark
  public void fanOut() {
    audience.reset();
    served.change(++revision);
    await(audience.responses()::sum, streams);
  }

  /** Until a client without anything has everything. */
  @Benchmark
  public void coldConnect() {
    comer.reset();
    try (DeltaClient.Stream ignored =
        new DeltaClient(streams, comer).connect(channel, freshRequest, true)) {
      await(comer.resources()::sum, clusters);
    }
  }

  /** Until a client that has everything has heard that it has. */
  @Benchmark
  public void reconnect() {
    comer.reset();
    try (DeltaClient.Stream ignored =
        new DeltaClient(streams, comer).connect(channel, returningRequest, true)) {
      await(
          isAnswered() ? comer.sentinels()::sum : comer.resources()::sum,
          isAnswered() ? 1 : clusters);
    }
  }

  private static void await(LongSupplier count, long expected) {
    while (count.getAsLong() < expected) {
      LockSupport.parkNanos(5_000);
    }
  }
}
