package io.mooring.xds.mesh;

import io.mooring.model.ConfigObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The objects that random histories put and delete: for every key several variants, so that each of
 * their fields that translation reads can change, appear and go.
 */
final class HistoryObjects {

  private static final String[] NAMESPACES = {"demo", "shop"};

  private HistoryObjects() {}

  /** Returns all variants, by key: those of one list have the same key. */
  static List<List<ConfigObject>> all() {
    List<List<ConfigObject>> variantsByKey = new ArrayList<>();
    for (String namespace : NAMESPACES) {
      variantsByKey.add(serviceEntries(namespace));
      variantsByKey.add(externals(namespace));
      variantsByKey.add(kubernetesServices(namespace));
      variantsByKey.add(destinationRules(namespace));
      variantsByKey.add(virtualServices(namespace));
      for (int i = 1; i <= 3; i++) {
        variantsByKey.add(workloadEntries(namespace, i));
      }
    }
    variantsByKey.add(peerAuthentications("demo", "demo"));
    variantsByKey.add(peerAuthentications("istio-system", "mesh"));
    variantsByKey.add(otherPorts());
    return variantsByKey;
  }

  private static List<ConfigObject> serviceEntries(String namespace) {
    String form =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: ratings, namespace: %s, creationTimestamp: "2024-01-01T00:00:00Z"}
        spec:
          hosts: [ratings.example.com]
          location: %s
          resolution: %s
          exportTo: ["%s"]
          ports: [{number: %d, name: main, protocol: %s}]
          workloadSelector: {labels: {app: ratings}}
        """;
    return variants(
        form.formatted(namespace, "MESH_INTERNAL", "STATIC", "*", 9080, "HTTP"),
        form.formatted(namespace, "MESH_INTERNAL", "STATIC", ".", 9080, "HTTP"),
        form.formatted(namespace, "MESH_INTERNAL", "STATIC", "*", 9080, "TCP"),
        form.formatted(namespace, "MESH_INTERNAL", "DNS", "*", 9080, "HTTP"),
        form.formatted(namespace, "MESH_EXTERNAL", "STATIC", "*", 9081, "HTTP"));
  }

  private static List<ConfigObject> externals(String namespace) {
    String form =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: external, namespace: %s}
        spec:
          hosts: [external.example.com]
          addresses: [%s]
          resolution: %s
          ports: [{number: 80, name: http, protocol: HTTP}, {number: 9000, name: any}]
        """;
    String names = form + "  endpoints: [{address: a.example}, {address: b.example}]\n";
    return variants(
        form.formatted(namespace, "240.1.1.1", "DNS"),
        form.formatted(namespace, "240.1.1.2", "NONE"),
        names.formatted(namespace, "240.1.1.1", "DNS"));
  }

  private static List<ConfigObject> kubernetesServices(String namespace) {
    String form =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: cart, namespace: %s}
        spec:
          clusterIP: %s
          selector: {app: %s}
          ports: [{name: tcp-cart, port: 7000, targetPort: 7070}, {name: http, port: 80}]
        """;
    return variants(
        form.formatted(namespace, "10.96.0.1", "cart"),
        form.formatted(namespace, "None", "cart"),
        form.formatted(namespace, "10.96.0.1", "ratings"));
  }

  private static List<ConfigObject> workloadEntries(String namespace, int number) {
    String form =
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata: {name: vm-%2$d, namespace: %1$s}
        spec:
          address: 10.0.%4$d.%2$d
          labels: {app: %3$s, version: v%5$d}
          serviceAccount: "%6$s"
          weight: %5$d
        """;
    int net = namespace.equals("demo") ? 0 : 1;
    return variants(
        form.formatted(namespace, number, "ratings", net, 1, "ratings"),
        form.formatted(namespace, number, "ratings", net, 2, "ratings"),
        form.formatted(namespace, number, "ratings", net, 2, "other"),
        form.formatted(namespace, number, "ratings", net, 1, ""),
        form.formatted(namespace, number, "cart", net, 1, "cart"),
        form.formatted(namespace, number, "cart", net + 2, 1, "cart"));
  }

  private static List<ConfigObject> destinationRules(String namespace) {
    String form =
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: ratings, namespace: %s}
        spec:
          host: ratings.example.com
          exportTo: ["%s"]
        %s
        """;
    String subsets =
        "  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]\n";
    return variants(
        form.formatted(namespace, "*", subsets),
        form.formatted(namespace, ".", subsets),
        form.formatted(namespace, "*", "  trafficPolicy: {tls: {mode: DISABLE}}"),
        form.formatted(
            namespace, ".", "  workloadSelector: {matchLabels: {version: v1}}\n" + subsets),
        form.formatted(namespace, "*", "  trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}"),
        form.formatted(
            namespace,
            "*",
            "  trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user}}}"));
  }

  private static List<ConfigObject> virtualServices(String namespace) {
    String form =
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: ratings, namespace: %s}
        spec:
          hosts: ["%s"]
          exportTo: ["%s"]
          http:
          - match: [{uri: {prefix: /v2}%s}]
            route: [{destination: {host: ratings.example.com, subset: v2}}]
          - route: [{destination: {host: ratings.example.com}}]
        """;
    String layer4 =
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: ratings, namespace: %s}
        spec:
          hosts: [ratings.example.com]
          exportTo: ["%s"]
          tcp:
          - match: [{port: 9080%s}]
            route: [{destination: {host: external.example.com, port: {number: 9000}}}]
        """;
    return variants(
        layer4.formatted(namespace, "*", ""),
        layer4.formatted(namespace, ".", ", sourceLabels: {version: v1}"),
        form.formatted(namespace, "ratings.example.com", "*", ""),
        form.formatted(namespace, "ratings.example.com", ".", ""),
        form.formatted(namespace, "*.example.com", "*", ", sourceLabels: {version: v1}"),
        form.formatted(namespace, "nobody.example.com", "*", ", sourceNamespace: shop"));
  }

  private static List<ConfigObject> peerAuthentications(String namespace, String name) {
    String form =
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: %s, namespace: %s}
        spec: {%s}
        """;
    return variants(
        form.formatted(name, namespace, "mtls: {mode: DISABLE}"),
        form.formatted(name, namespace, "mtls: {mode: STRICT}"),
        form.formatted(
            name,
            namespace,
            "selector: {matchLabels: {version: v1}}, mtls: {mode: DISABLE},"
                + " portLevelMtls: {9080: {mode: STRICT}}"));
  }

  private static List<ConfigObject> otherPorts() {
    String form =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: more, namespace: demo, creationTimestamp: "%s"}
        spec:
          hosts: [ratings.example.com, more.example.com]
          location: MESH_INTERNAL
          resolution: STATIC
          ports: [{number: 9080, name: main, protocol: HTTP}, {number: 8443, name: tls, protocol: TLS}]
          endpoints: [{address: 10.0.0.1, labels: {version: v1}}, {address: 10.7.0.1}]
        """;
    return variants(form.formatted("2023-01-01T00:00:00Z"), form.formatted("2025-01-01T00:00:00Z"));
  }

  private static List<ConfigObject> variants(String... yamls) {
    return List.of(yamls).stream().map(yaml -> TestMesh.parse(yaml).get(0)).toList();
  }
}
