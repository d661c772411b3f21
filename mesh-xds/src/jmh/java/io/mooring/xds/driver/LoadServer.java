package io.mooring.xds.driver;

import com.sun.management.OperatingSystemMXBean;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * The process that serves. Takes one command a line: {@code change}, {@code cpu}, {@code heap};
 * ends with its input.
 */
final class LoadServer {

  private LoadServer() {}

  /** Arguments: subject, number of clusters. */
  public static void main(String[] args) throws IOException {
    try (Subject subject = Subject.of(args[0], Integer.parseInt(args[1]))) {
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      subject.bindTo(builder);
      Server server = builder.build().start();
      System.out.println("port " + server.getPort());
      serve(subject);
      server.shutdownNow();
    }
  }

  private static void serve(Subject subject) throws IOException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int revision = 0;
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      switch (line) {
        case "change" -> {
          long before = System.nanoTime(); // of this machine: the other process reads the same
          subject.change(++revision);
          System.out.println("changed " + before);
        }
        case "cpu" -> System.out.println("cpu " + cpuNanos());
        case "heap" -> System.out.println("heap " + usedHeap());
        default -> throw new IllegalArgumentException("command: '" + line + "'");
      }
    }
  }

  /** Returns the processor time of this process. */
  static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
