package io.mooring.xds.node;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.type.v3.SemanticVersion;
import io.mooring.model.Locality;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a proxy says of itself in its first request. Immutable; equal nodes get equal resources.
 *
 * @param id the node id as sent, {@code ""} where there is none
 * @param cluster what the proxy's bootstrap calls the group it belongs to, {@code
 *     --service-cluster}; {@code ""} where absent
 * @param userAgent what program it is, {@code NAME/VERSION}, e.g. {@code envoy/1.40.0}; the name
 *     alone without a version, {@code ""} without either
 * @param dialect what kind of client it is
 * @param namespace metadata {@code NAMESPACE}, else the namespace in an id of the form {@code
 *     sidecar~ip~name.namespace~domain}, else {@code ""}
 * @param addresses metadata {@code INSTANCE_IPS}, else the IP in the id; the first one is the
 *     primary
 * @param labels metadata {@code LABELS}
 * @param capture metadata {@code INTERCEPTION_MODE}; {@code REDIRECT} where absent
 * @param bindAddress metadata {@code BIND_ADDRESS}: where outbound listeners bind without capture;
 *     {@code 127.0.0.1} where absent
 * @param dnsDomain the domain in the id, e.g. {@code demo.svc.cluster.local}, else {@code ""}
 * @param locality where it runs
 * @param metadata the whole metadata
 */
public record ProxyNode(
    String id,
    String cluster,
    String userAgent,
    Dialect dialect,
    String namespace,
    List<String> addresses,
    Map<String, String> labels,
    Capture capture,
    String bindAddress,
    String dnsDomain,
    Locality locality,
    Struct metadata) {

  /** What kind of client asks; they accept different shapes of the same resources. */
  public enum Dialect {
    ENVOY,
    GRPC
  }

  /** How traffic reaches the proxy. */
  public enum Capture {
    /** Redirected by iptables to 15001 and 15006. */
    REDIRECT,
    /** As {@link #REDIRECT}, with the client's address kept. */
    TPROXY,
    /** Not at all: applications call explicit ports. */
    NONE
  }

  public ProxyNode {
    addresses = List.copyOf(addresses);
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  /** Returns what {@code node} says. Never fails: what is missing or malformed is absent. */
  public static ProxyNode parse(Node node) {
    Map<String, Value> fields = node.getMetadata().getFieldsMap();
    String[] parts = node.getId().split("~", -1);
    boolean istioId = parts.length == 4;
    return new ProxyNode(
        node.getId(),
        node.getCluster(),
        userAgent(node),
        node.getUserAgentName().startsWith("gRPC") ? Dialect.GRPC : Dialect.ENVOY,
        text(fields, "NAMESPACE").orElseGet(() -> istioId ? namespaceOf(parts[2]) : ""),
        addresses(fields, istioId ? parts[1] : ""),
        texts(fields, "LABELS"),
        capture(text(fields, "INTERCEPTION_MODE").orElse("REDIRECT")),
        text(fields, "BIND_ADDRESS").orElse("127.0.0.1"),
        istioId ? parts[3] : "",
        new Locality(
            node.getLocality().getRegion(),
            node.getLocality().getZone(),
            node.getLocality().getSubZone()),
        node.getMetadata());
  }

  private static String userAgent(Node node) {
    SemanticVersion built = node.getUserAgentBuildVersion().getVersion();
    String version =
        node.hasUserAgentBuildVersion()
            ? "%d.%d.%d".formatted(built.getMajorNumber(), built.getMinorNumber(), built.getPatch())
            : node.getUserAgentVersion();
    return version.isEmpty() ? node.getUserAgentName() : node.getUserAgentName() + "/" + version;
  }

  /**
   * Returns whether its workload resolves hosts by the mesh's DNS: metadata {@code DNS_CAPTURE}.
   */
  public boolean resolvesByMeshDns() {
    Value value = metadata.getFieldsMap().getOrDefault("DNS_CAPTURE", Value.getDefaultInstance());
    return value.getBoolValue() || value.getStringValue().equalsIgnoreCase("true");
  }

  /** Returns the network it is in, metadata {@code NETWORK}; empty is the default network. */
  public String network() {
    return text("NETWORK").orElse("");
  }

  /** Returns a metadata field that is a string and not empty. */
  public Optional<String> text(String field) {
    return text(metadata.getFieldsMap(), field);
  }

  private static Optional<String> text(Map<String, Value> fields, String field) {
    return Optional.ofNullable(fields.get(field))
        .map(Value::getStringValue)
        .filter(value -> !value.isEmpty());
  }

  private static String namespaceOf(String workload) {
    return workload.substring(workload.lastIndexOf('.') + 1);
  }

  private static List<String> addresses(Map<String, Value> fields, String idAddress) {
    List<String> addresses = new ArrayList<>();
    for (String address : text(fields, "INSTANCE_IPS").orElse(idAddress).split(",", -1)) {
      if (!address.isBlank()) {
        addresses.add(address.strip());
      }
    }
    return addresses;
  }

  /**
   * Returns the strings of a metadata field that is a struct, by name; empty where there is none.
   */
  public Map<String, String> texts(String field) {
    return texts(metadata.getFieldsMap(), field);
  }

  private static Map<String, String> texts(Map<String, Value> fields, String field) {
    Map<String, String> texts = new TreeMap<>();
    Objects.requireNonNullElse(fields.get(field), Value.getDefaultInstance())
        .getStructValue()
        .getFieldsMap()
        .forEach((name, value) -> texts.put(name, value.getStringValue()));
    return texts;
  }

  private static Capture capture(String mode) {
    return switch (mode) {
      case "NONE" -> Capture.NONE;
      case "TPROXY" -> Capture.TPROXY;
      default -> Capture.REDIRECT;
    };
  }
}
