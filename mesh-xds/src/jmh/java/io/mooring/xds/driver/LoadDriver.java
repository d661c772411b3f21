package io.mooring.xds.driver;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Measures control planes beside each other: each in a process of its own, its clients here, one
 * connection a client. Prints one row of a table for each.
 *
 * <p>Figures of one run compare; those of different runs only if nothing else ran.
 */
final class LoadDriver {

  private static final int WARM_UP = 150;
  private static final int CHANGES = 50;
  private static final long TIMEOUT_NANOS = 120_000_000_000L;

  private final ServerProcess server;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          Runtime.getRuntime().availableProcessors(), NioIoHandler.newFactory());
  private final DeltaClient.Tally tally = new DeltaClient.Tally();
  private final List<DeltaClient> clients = new ArrayList<>();
  private final int clusters;

  private LoadDriver(ServerProcess server, int clusters) {
    this.server = server;
    this.clusters = clusters;
  }

  /** Arguments: {@code fanout|stuck|reconnect} streams clusters subject... */
  public static void main(String[] args) throws Exception {
    int streams = Integer.parseInt(args[1]);
    int clusters = Integer.parseInt(args[2]);
    for (String subject : Arrays.copyOfRange(args, 3, args.length)) {
      try (ServerProcess server = new ServerProcess(subject, clusters)) {
        LoadDriver driver = new LoadDriver(server, clusters);
        String figures =
            switch (args[0]) {
              case "fanout" -> driver.fanOut(streams, false);
              case "stuck" -> driver.fanOut(streams, true);
              case "reconnect" -> driver.reconnect(streams, !subject.equals("java-control-plane"));
              default -> throw new IllegalArgumentException("scenario: '" + args[0] + "'");
            };
        System.out.printf(
            Locale.ROOT,
            "| %s | %,d streams | %,d clusters | %s | %s |%n",
            args[0],
            streams,
            clusters,
            subject,
            figures);
        driver.disconnect();
        driver.loops.shutdownGracefully();
      }
    }
  }

  private String fanOut(int streams, boolean withStuck) throws Exception {
    warmUp();
    long before = server.heap();
    double coldMillis = connect(streams);
    double perStream = (server.heap() - before) / 1024.0 / streams;
    if (withStuck) {
      DeltaClient stuck = new DeltaClient(streams, server.port(), loops, tally);
      clients.add(stuck);
      stuck.connect(false, false);
    }
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
            + " cold connect %.0f ms",
        millis[CHANGES / 2],
        millis[CHANGES - 1],
        cpuMillis,
        perStream,
        coldMillis);
  }

  private String reconnect(int streams, boolean sentinel) throws Exception {
    warmUp();
    double coldMillis = connect(streams);
    long coldBytes = tally.bytes().sum();
    disconnect();
    Thread.sleep(1_000); // the server is to have noticed
    tally.reset();
    long start = System.nanoTime();
    clients.forEach(client -> client.connect(sentinel, true));
    await(
        sentinel ? tally.sentinels()::sum : tally.resources()::sum,
        sentinel ? streams : (long) streams * clusters);
    double millis = (System.nanoTime() - start) / 1e6;
    return String.format(
        Locale.ROOT,
        "cold %.1f s, %,d KB; reconnect %.1f s, %,d KB (%.2f %%)",
        coldMillis / 1e3,
        coldBytes / 1024,
        millis / 1e3,
        tally.bytes().sum() / 1024,
        100.0 * tally.bytes().sum() / coldBytes);
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
      clients.add(new DeltaClient(i, server.port(), loops, tally));
    }
    long start = System.nanoTime();
    clients.forEach(client -> client.connect(false, true));
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

  private void disconnect() {
    clients.forEach(DeltaClient::disconnect);
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
