package io.mooring.testkit.traffic;

import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyNode.Capture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A small mesh with whatever makes ways of calls differ. Not thread-safe. */
final class RandomMesh {

  static final List<Integer> PORTS = List.of(80, 443, 7000, 9080, 9090);

  private static final String SUFFIX = ".demo.svc.cluster.local";
  private static final Map<Integer, String> PROTOCOLS =
      Map.of(80, "HTTP", 443, "TLS", 7000, "", 9080, "HTTP", 9090, "TCP");

  private final Random random;
  private final StringBuilder yaml = new StringBuilder();
  private final List<String> services = new ArrayList<>();
  private final Map<String, String> addressByHost = new TreeMap<>(); // where clients go
  private final List<String> hosts = new ArrayList<>(List.of("nobody.demo"));

  RandomMesh(Random random) {
    this.random = random;
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      if (random.nextInt(4) == 0) {
        kubernetes("k" + i, i);
      } else {
        entry("s" + i + ".demo", i);
      }
    }
    if (random.nextBoolean()) {
      entry("*.wild.demo", count);
      hosts.add("a.wild.demo");
    }
    hosts.addAll(services);
    hosts.remove("*.wild.demo");
    addressByHost.values().stream().filter(ip -> !hosts.contains(ip)).forEach(hosts::add);
    int routed = random.nextInt(4);
    for (int i = 0; i < routed; i++) {
      virtualService(i);
    }
    int rules = random.nextInt(3);
    for (int i = 0; i < rules; i++) {
      destinationRule(i);
    }
  }

  String yaml() {
    return yaml.toString();
  }

  List<String> hosts() {
    return hosts;
  }

  @Override
  public String toString() {
    return yaml();
  }

  /** Returns the connection that a client of {@code host} opens. */
  TrafficConnection connection(ProxyNode node, String host, int port) {
    boolean isIp = Character.isDigit(host.charAt(0));
    String address =
        node.capture() == Capture.NONE
            ? node.bindAddress()
            : isIp
                ? host
                : addressByHost.getOrDefault(host.replace("a.wild", "*.wild"), "203.0.113.9");
    String protocol = PROTOCOLS.getOrDefault(port, "");
    TrafficConnection plain = TrafficConnection.outbound(address, port);
    if (protocol.equals("TLS")) {
      return plain.withTls(isIp ? hostAt(host) : host, List.of());
    }
    return protocol.equals("TCP")
        ? new TrafficConnection(plain.direction(), address, port, "raw_buffer", "", List.of())
        : plain;
  }

  private String hostAt(String ip) {
    return addressByHost.entrySet().stream()
        .filter(entry -> entry.getValue().equals(ip) && !entry.getKey().startsWith("alias-"))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private List<Integer> somePorts() {
    List<Integer> ports = new ArrayList<>(PORTS);
    ports.removeIf(port -> random.nextInt(3) == 0);
    return ports.isEmpty() ? PORTS : ports;
  }

  private void begin(String apiVersion, String kind, String name) {
    yaml.append(
        "---\napiVersion: %s\nkind: %s\nmetadata: {name: %s, namespace: demo}\nspec:\n"
            .formatted(apiVersion, kind, name));
  }

  private void entry(String host, int index) {
    String resolution =
        host.startsWith("*")
            ? any(List.of("STATIC", "NONE"))
            : any(List.of("STATIC", "DNS", "NONE"));
    services.add(host);
    begin("networking.istio.io/v1", "ServiceEntry", "se" + index);
    yaml.append("  hosts: ['%s']\n  resolution: %s\n".formatted(host, resolution));
    if (random.nextBoolean()) {
      yaml.append("  location: MESH_INTERNAL\n");
    }
    int addresses = random.nextInt(3);
    if (addresses == 1) {
      yaml.append("  addresses: [240.0.0.%d]\n".formatted(index + 1));
      addressByHost.put(host, "240.0.0." + (index + 1));
    } else if (addresses == 2 && !resolution.equals("DNS")) {
      yaml.append("  addresses: [10.%d.0.0/16]\n".formatted(index + 1));
      addressByHost.put(host, "10.%d.7.7".formatted(index + 1));
    }
    yaml.append("  ports:\n");
    for (int port : somePorts()) {
      yaml.append(
          "  - {number: %d, name: p%d, protocol: '%s'}\n"
              .formatted(port, port, PROTOCOLS.get(port)));
    }
    if (!resolution.equals("NONE")) {
      yaml.append("  endpoints:\n");
      int endpoints = resolution.equals("DNS") ? 1 : random.nextInt(3);
      for (int i = 0; i < endpoints; i++) {
        yaml.append(
            "  - {address: 192.168.%d.%d, labels: {version: v%d}%s}\n"
                .formatted(index, i + 1, i + 1, random.nextBoolean() ? ", serviceAccount: a" : ""));
      }
      if (endpoints == 0) {
        yaml.setLength(yaml.length() - "  endpoints:\n".length());
      }
    }
  }

  /** Sometimes headless, sometimes with another name. */
  private void kubernetes(String name, int index) {
    services.add(name + SUFFIX);
    boolean headless = random.nextInt(3) == 0;
    String ip = "10.96.0." + (index + 1);
    begin("v1", "Service", name);
    yaml.append(
        "  selector: {app: %s}\n  clusterIP: %s\n  ports:\n"
            .formatted(name, headless ? "None" : ip));
    for (int port : somePorts()) {
      String protocol = PROTOCOLS.getOrDefault(port, "");
      yaml.append(
          "  - {port: %d, name: %s}\n"
              .formatted(
                  port,
                  protocol.isEmpty()
                      ? "p" + port
                      : protocol.toLowerCase(Locale.ROOT) + "-" + port));
    }
    yaml.append(
        """
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: %1$s-0, namespace: demo, labels: {app: %1$s, version: v1}}
        status: {podIP: 10.244.0.%2$d, conditions: [{type: Ready, status: "True"}]}
        """
            .formatted(name, index + 1));
    String address = headless ? "10.244.0." + (index + 1) : ip;
    addressByHost.put(name + SUFFIX, address);
    if (random.nextBoolean()) {
      begin("v1", "Service", "alias-" + name);
      yaml.append("  type: ExternalName\n  externalName: %s%s\n".formatted(name, SUFFIX));
      addressByHost.put("alias-" + name + SUFFIX, address);
      hosts.add("alias-" + name + SUFFIX);
    }
  }

  private void virtualService(int index) {
    String host = random.nextInt(5) == 0 ? "nobody.demo" : any(services);
    begin("networking.istio.io/v1", "VirtualService", "vs" + index);
    yaml.append("  hosts: ['%s']\n".formatted(host));
    yaml.append("  http:\n");
    int routes = 1 + random.nextInt(3);
    for (int i = 0; i < routes; i++) {
      yaml.append("  - ");
      httpMatch();
      action();
    }
    if (random.nextInt(3) == 0) {
      yaml.append("  tcp:\n  - ");
      if (random.nextBoolean()) {
        yaml.append("match: [{port: %d}]\n    ".formatted(any(PORTS)));
      }
      destinations();
    }
    if (random.nextInt(3) == 0) {
      yaml.append("  tls:\n  - match: [{port: 443, sniHosts: ['%s']}]\n    ".formatted(host));
      destinations();
    }
  }

  private void httpMatch() {
    String match =
        any(
            List.of(
                "",
                "",
                "{uri: {prefix: /}}",
                "{uri: {prefix: /x}}",
                "{uri: {exact: /}}",
                "{uri: {regex: '.*'}}",
                "{uri: {regex: '/[0-9]+'}}",
                "{method: {exact: GET}}",
                "{method: {exact: POST}}",
                "{headers: {user: {exact: jason}}}",
                "{headers: {user: {}}}",
                "{withoutHeaders: {user: {}}}",
                "{withoutHeaders: {user: {exact: jason}}}",
                "{queryParams: {q: {exact: a}}}",
                "{scheme: {exact: http}}",
                "{authority: {regex: '.*'}}",
                "{port: %d}".formatted(any(PORTS))));
    if (!match.isEmpty()) {
      yaml.append("match: [%s]\n    ".formatted(match));
    }
  }

  private void action() {
    switch (random.nextInt(8)) {
      case 0 -> yaml.append("redirect: {authority: elsewhere.demo}\n");
      case 1 -> yaml.append("directResponse: {status: 418}\n");
      case 2 -> {
        yaml.append(
            "fault: {abort: {httpStatus: 503, percentage: {value: %d}}}\n    "
                .formatted(any(List.of(50, 100))));
        destinations();
      }
      default -> destinations();
    }
  }

  private void destinations() {
    if (random.nextInt(3) == 0) {
      yaml.append(
          "route: [{%s, weight: 40}, {%s, weight: 60}]\n".formatted(destination(), destination()));
    } else {
      yaml.append("route: [{%s}]\n".formatted(destination()));
    }
  }

  private String destination() {
    String host = any(services).replace("*", "a");
    String port = random.nextInt(3) == 0 ? ", port: {number: %d}".formatted(any(PORTS)) : "";
    String subset = random.nextInt(3) == 0 ? ", subset: " + any(List.of("v1", "v2", "v9")) : "";
    return "destination: {host: '%s'%s%s}".formatted(host, port, subset);
  }

  private void destinationRule(int index) {
    begin("networking.istio.io/v1", "DestinationRule", "dr" + index);
    yaml.append(
        """
          host: '%s'
          subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
        """
            .formatted(any(services)));
    if (random.nextInt(4) == 0) {
      yaml.append("  trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}\n");
    }
  }
}
