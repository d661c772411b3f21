package io.mooring.xds.driver;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Measures control planes beside each other: each in a process of its own, its clients here. Prints
 * one row of a table for each.
 *
 * <p>Figures of one run compare; those of different runs only if nothing else ran.
 */
final class LoadDriver {

  private static final int WARM_UP = 400;
  private static final int CHANGES = 50;
  private static final long TIMEOUT_NANOS = 120_000_000_000L;

  private final ServerProcess server;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          Runtime.getRuntime().availableProcessors(), NioIoHandler.newFactory());
  private final DeltaClient.Tally tally = new DeltaClient.Tally();
  private final List<DeltaClient> clients = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final int streamsPerConnection;
  private final int clusters;

  private LoadDriver(ServerProcess server, int streamsPerConnection, int clusters) {
    this.server = server;
    this.streamsPerConnection = streamsPerConnection;
    this.clusters = clusters;
  }

  /**
   * Arguments: {@code fanout|stuck|hostile|reconnect} streams streamsPerConnection clusters
   * subject...
   */
  public static void main(String[] args) throws Exception {
    int streams = Integer.parseInt(args[1]);
    int perConnection = Integer.parseInt(args[2]);
    int clusters = Integer.parseInt(args[3]);
    for (String subject : Arrays.copyOfRange(args, 4, args.length)) {
      try (ServerProcess server = new ServerProcess(subject, clusters)) {
        LoadDriver driver = new LoadDriver(server, perConnection, clusters);
        String figures =
            switch (args[0]) {
              case "fanout" -> driver.fanOut(streams, () -> () -> "");
              case "stuck" -> driver.fanOut(streams, driver::withOneStuck);
              case "hostile" -> driver.fanOut(streams, driver::withHostile);
              case "reconnect" -> driver.reconnect(streams, !subject.equals("java-control-plane"));
              default -> throw new IllegalArgumentException("scenario: '" + args[0] + "'");
            };
        System.out.printf(
            Locale.ROOT,
            "| %s | %,d streams, %d a connection | %,d clusters | %s | %s |%n",
            args[0],
            streams,
            perConnection,
            clusters,
            subject,
            figures);
        driver.disconnect();
        driver.loops.shutdownGracefully();
      }
    }
  }

  /** One more client that asks for everything and never reads an answer. */
  private Supplier<String> withOneStuck() {
    DeltaClient stuck = new DeltaClient(clients.size(), tally);
    stuck.connect(channel(), stuck.firstRequest(false), false);
    return () -> "";
  }

  /** Clients of all hostile kinds, for as long as the changes last. */
  private Supplier<String> withHostile() {
    HostileClients hostile = HostileClients.start(this::channel);
    long start = System.nanoTime();
    return () -> {
      hostile.close();
      return String.format(
          Locale.ROOT,
          "; %.0f attacks a second",
          hostile.attacks() * 1e9 / (System.nanoTime() - start));
    };
  }

  /**
   * @param beside starts what happens beside the changes, and returns what is to be said of it
   */
  private String fanOut(int streams, Callable<Supplier<String>> beside) throws Exception {
    warmUp();
    long before = server.heap();
    double coldMillis = connect(streams);
    double perStream = (server.heap() - before) / 1024.0 / streams;
    Supplier<String> besides = beside.call();
    for (int i = 0; i < WARM_UP; i++) {
      change(streams);
    }
    long cpu = server.cpuNanos();
    double[] millis = new double[CHANGES];
    for (int i = 0; i < CHANGES; i++) {
      millis[i] = change(streams);
    }
    double cpuMillis = (server.cpuNanos() - cpu) / 1e6 / CHANGES;
    Arrays.sort(millis);
    return String.format(
        Locale.ROOT,
        "last stream p50 %.0f ms, max %.0f ms; server CPU %.1f ms a change; heap %.0f KB a stream;"
            + " cold connect %.0f ms%s",
        millis[CHANGES / 2],
        millis[CHANGES - 1],
        cpuMillis,
        perStream,
        coldMillis,
        besides.get());
  }

  private String reconnect(int streams, boolean sentinel) throws Exception {
    warmUp();
    for (int i = 0; i < WARM_UP / 25; i++) {
      connect(100);
      comeBack(sentinel);
      disconnect();
      clients.clear();
    }
    Thread.sleep(1_000); // the server is to have noticed
    double coldMillis = connect(streams);
    long coldBytes = tally.bytes().sum();
    double heap = server.heap() / 1024.0;
    disconnect();
    Thread.sleep(1_000);
    double perStream = (heap - server.heap() / 1024.0) / streams;
    long cpu = server.cpuNanos();
    long clientCpu = LoadServer.cpuNanos();
    double millis = comeBack(sentinel);
    return String.format(
        Locale.ROOT,
        "cold %.1f s, %,d KB; reconnect %.2f s, %,d KB (%.2f %%), server CPU %.1f s, clients' CPU"
            + " %.1f s; heap %.0f KB a stream",
        coldMillis / 1e3,
        coldBytes / 1024,
        millis / 1e3,
        tally.bytes().sum() / 1024,
        100.0 * tally.bytes().sum() / coldBytes,
        (server.cpuNanos() - cpu) / 1e9,
        (LoadServer.cpuNanos() - clientCpu) / 1e9,
        perStream);
  }

  /** Returns how long it took until the last of all clients was served again, in milliseconds. */
  private double comeBack(boolean sentinel) throws InterruptedException {
    disconnect();
    tally.reset();
    List<ByteString> requests = firstRequests(sentinel);
    long start = System.nanoTime();
    openAll(requests);
    await(
        sentinel ? tally.sentinels()::sum : tally.resources()::sum,
        sentinel ? clients.size() : (long) clients.size() * clusters);
    return (System.nanoTime() - start) / 1e6;
  }

  /** Lets both processes compile what they run, with clients that then go. */
  private void warmUp() throws Exception {
    connect(100);
    for (int i = 0; i < WARM_UP; i++) {
      change(100);
    }
    disconnect();
    clients.clear();
    Thread.sleep(1_000); // the server is to have noticed
  }

  /** Returns how long it took until the last of so many clients had everything, in milliseconds. */
  private double connect(int streams) throws Exception {
    tally.reset();
    for (int i = 0; i < streams; i++) {
      clients.add(new DeltaClient(i, tally));
    }
    List<ByteString> requests = firstRequests(false);
    long start = System.nanoTime();
    openAll(requests);
    await(tally.resources()::sum, (long) streams * clusters);
    return (System.nanoTime() - start) / 1e6;
  }

  /** Returns how long it took until the last client had the change, in milliseconds. */
  private double change(int streams) throws IOException, InterruptedException {
    tally.reset();
    long start = server.change();
    await(tally.responses()::sum, streams);
    double millis = (System.nanoTime() - start) / 1e6;
    Thread.sleep(20); // its answers are to be read
    return millis;
  }

  /** Makes them before the clock runs: a proxy does so on a machine of its own. */
  private List<ByteString> firstRequests(boolean sentinel) {
    return clients.stream().map(client -> client.firstRequest(sentinel)).toList();
  }

  private void openAll(List<ByteString> requests) {
    for (int i = 0; i < clients.size(); i++) {
      ManagedChannel channel =
          i % streamsPerConnection == 0 ? channel() : channels.get(channels.size() - 1);
      clients.get(i).connect(channel, requests.get(i), true);
    }
  }

  private ManagedChannel channel() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
            .eventLoopGroup(loops)
            .channelType(NioSocketChannel.class)
            .directExecutor()
            .maxInboundMessageSize(64 << 20)
            .usePlaintext()
            .build();
    channels.add(channel);
    return channel;
  }

  private void disconnect() {
    channels.forEach(ManagedChannel::shutdownNow);
    channels.clear();
  }

  private static void await(LongSupplier count, long expected) throws InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (count.getAsLong() < expected) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "only " + count.getAsLong() + " of " + expected + " came within 120 s");
      }
      Thread.sleep(0, 200_000);
    }
  }
}
