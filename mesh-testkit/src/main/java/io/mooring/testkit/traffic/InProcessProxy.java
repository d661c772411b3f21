package io.mooring.testkit.traffic;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpServer;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.grpc.Channel;
import io.mooring.testkit.traffic.TrafficConnection.Direction;
import io.mooring.xds.resource.ResourceSet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A proxy in this JVM that does what Envoy would do with the generated configuration, as far as
 * {@link TrafficSimulation} knows it: HTTP/1 in plain text, on the ports of the listeners that bind
 * one.
 *
 * <p>An upstream that wants TLS gets a 503 that says so. Listeners that only take captured traffic
 * are not opened. Thread-safe; requests run on daemon threads of its own.
 */
public final class InProcessProxy implements AutoCloseable {

  private final RandomGenerator random;
  private final ExecutorService workers = Executors.newCachedThreadPool(threads());
  private final Map<String, HttpServer> serverByAddress = new TreeMap<>();
  private volatile TrafficSimulation simulation = TrafficSimulation.of(ResourceSet.empty());
  private volatile boolean ready;
  private @Nullable AdsSubscription subscription;

  /**
   * Creates a proxy without listeners.
   *
   * @param random for weights and fault percentages; used by several threads at once
   */
  public InProcessProxy(RandomGenerator random) {
    this.random = requireNonNull(random, "random");
  }

  /**
   * Returns a proxy that gets its resources by delta ADS and follows their changes; it reconnects
   * by itself.
   *
   * @param channel to the control plane, not closed with the proxy
   * @param node sent as it is
   */
  public static InProcessProxy following(Channel channel, Node node, RandomGenerator random) {
    InProcessProxy proxy = new InProcessProxy(random);
    proxy.subscription = AdsSubscription.open(channel, node, proxy::apply);
    return proxy;
  }

  /** Returns whether it has got resources, all of them that they themselves name included. */
  public boolean ready() {
    return ready;
  }

  /**
   * Takes {@code resources} in the place of what it had: opens the ports that are new, closes those
   * that are gone; requests in flight end as they began.
   *
   * @throws IllegalArgumentException if a resource is not well-formed; nothing changes
   * @throws IllegalStateException if a port cannot be bound; all others are
   */
  public synchronized void apply(ResourceSet resources) {
    TrafficSimulation next = TrafficSimulation.of(resources);
    Map<String, Bind> wanted = binds(next.listeners());
    simulation = next;
    ready = true;
    List<String> gone = new ArrayList<>(serverByAddress.keySet());
    gone.removeAll(wanted.keySet());
    gone.forEach(address -> requireNonNull(serverByAddress.remove(address)).stop(0));
    List<String> failures = new ArrayList<>();
    wanted.forEach(
        (address, bind) -> {
          if (!serverByAddress.containsKey(address)) {
            try {
              serverByAddress.put(address, open(bind));
            } catch (IOException e) {
              failures.add("cannot bind " + address + ": " + e.getMessage());
            }
          }
        });
    if (!failures.isEmpty()) {
      throw new IllegalStateException(String.join("; ", failures));
    }
  }

  /** A port to open. */
  private record Bind(Direction direction, String address, int port) {}

  private static Map<String, Bind> binds(List<Listener> listeners) {
    Map<String, Bind> binds = new TreeMap<>();
    for (Listener listener : listeners) {
      if (!ConnectionMatcher.bindsToPort(listener) || ConnectionMatcher.captures(listener)) {
        continue;
      }
      Direction direction =
          listener.getTrafficDirection() == TrafficDirection.INBOUND
              ? Direction.INBOUND
              : Direction.OUTBOUND;
      for (SocketAddress address : ConnectionMatcher.addresses(listener)) {
        binds.put(
            address.getAddress() + ":" + address.getPortValue(),
            new Bind(direction, address.getAddress(), address.getPortValue()));
      }
    }
    return binds;
  }

  private HttpServer open(Bind bind) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(bind.address(), bind.port()), 0);
    server.createContext("/", new ProxyHandler(bind.direction(), () -> simulation, random));
    server.setExecutor(workers);
    server.start();
    return server;
  }

  private static ThreadFactory threads() {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "mooring-testkit-proxy-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Closes the ports and ends the stream; requests in flight are cut. */
  @Override
  public synchronized void close() {
    if (subscription != null) {
      subscription.close();
    }
    serverByAddress.values().forEach(server -> server.stop(0));
    serverByAddress.clear();
    workers.shutdownNow();
  }
}
