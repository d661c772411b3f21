package io.mooring.identity.bootstrap;

import static io.mooring.identity.bootstrap.Json.array;
import static io.mooring.identity.bootstrap.Json.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.identity.IpLiteral;

/** Builds {@code envoy.json} for a bundle. Stateless. */
final class EnvoyBootstrapJson {

  static final String SDS_CLUSTER = "sds-grpc";
  static final String XDS_CLUSTER = "xds-grpc";

  private static final String TYPE = "type.googleapis.com/envoy.extensions.";
  private static final String DEFAULT_SDS_SOCKET = "/run/mooring/sds.sock";

  private EnvoyBootstrapJson() {}

  static ObjectNode of(BootstrapBundle bundle) {
    return object(
        "node", node(bundle),
        "admin", object("address", socketAddress(bundle.bindAddress(), bundle.adminPort())),
        "dynamic_resources", dynamicResources(),
        "static_resources", object("clusters", array(sdsCluster(), xdsCluster(bundle))),
        "layered_runtime", layeredRuntime());
  }

  /** Returns Istio's form of a node id; the name is that of the WorkloadEntry to be. */
  static String nodeId(String address, String group, String namespace) {
    String name = address.isEmpty() ? group : group + "-" + address.replace(':', '-');
    return "sidecar~%s~%s.%s~%s.svc.cluster.local".formatted(address, name, namespace, namespace);
  }

  private static ObjectNode node(BootstrapBundle bundle) {
    ObjectNode metadata =
        object(
            "NAMESPACE", bundle.namespace(),
            "SERVICE_ACCOUNT", bundle.serviceAccount(),
            "AUTO_REGISTER_GROUP", bundle.group(),
            "INTERCEPTION_MODE", bundle.capture().interceptionMode(),
            "BIND_ADDRESS", bundle.bindAddress(),
            "LABELS", bundle.labels(),
            "TEMPLATE_LABELS", bundle.labels());
    bundle.address().ifPresent(address -> metadata.put("INSTANCE_IPS", address));
    if (!bundle.network().isEmpty()) {
      metadata.put("NETWORK", bundle.network());
    }
    return object(
        "id",
        nodeId(bundle.address().orElse(""), bundle.group(), bundle.namespace()),
        "cluster",
        bundle.group() + "." + bundle.namespace(),
        "metadata",
        metadata);
  }

  private static ObjectNode dynamicResources() {
    ObjectNode ads =
        object("resource_api_version", "V3", "initial_fetch_timeout", "0s", "ads", object());
    return object(
        "ads_config",
        grpcConfig("DELTA_GRPC", XDS_CLUSTER, "2s"),
        "cds_config",
        ads,
        "lds_config",
        ads);
  }

  /** With a capped back-off: Envoy's own is up to 30 s. */
  private static ObjectNode grpcConfig(String apiType, String cluster, String maxBackOff) {
    ObjectNode backOff = object("base_interval", "0.1s", "max_interval", maxBackOff);
    return object(
        "api_type",
        apiType,
        "transport_api_version",
        "V3",
        "set_node_on_first_message_only",
        true,
        "grpc_services",
        array(
            object(
                "envoy_grpc",
                object(
                    "cluster_name", cluster, "retry_policy", object("retry_back_off", backOff)))));
  }

  private static ObjectNode sdsCluster() {
    return cluster(SDS_CLUSTER, "STATIC", object("pipe", object("path", DEFAULT_SDS_SOCKET)));
  }

  private static ObjectNode xdsCluster(BootstrapBundle bundle) {
    ControlPlane controlPlane = bundle.controlPlane();
    boolean literal = IpLiteral.matches(controlPlane.host());
    ObjectNode cluster =
        cluster(
            XDS_CLUSTER,
            literal ? "STATIC" : "STRICT_DNS",
            socketAddress(controlPlane.host(), controlPlane.port()));
    ObjectNode tls =
        object(
            "@type",
            TYPE + "transport_sockets.tls.v3.UpstreamTlsContext",
            "common_tls_context",
            commonTlsContext(controlPlane));
    if (!literal) { // RFC 6066 3: an IP address is no server name
      tls.put("sni", controlPlane.host());
    }
    cluster.set(
        "transport_socket", object("name", "envoy.transport_sockets.tls", "typed_config", tls));
    return cluster;
  }

  private static ObjectNode commonTlsContext(ControlPlane controlPlane) {
    ObjectNode exactId =
        object("san_type", "URI", "matcher", object("exact", controlPlane.id().toString()));
    return object(
        "alpn_protocols", array("h2"),
        "tls_params", object("tls_maximum_protocol_version", "TLSv1_3"),
        "tls_certificate_sds_secret_configs", array(secret("default")),
        "combined_validation_context",
            object(
                "default_validation_context",
                object("match_typed_subject_alt_names", array(exactId)),
                "validation_context_sds_secret_config",
                secret("ROOTCA")));
  }

  /** State of the world, as {@code SdsContexts} has it: equal sources share their streams. */
  private static ObjectNode secret(String name) {
    return object(
        "name",
        name,
        "sds_config",
        object(
            "resource_api_version", "V3",
            "initial_fetch_timeout", "0s",
            "api_config_source", grpcConfig("GRPC", SDS_CLUSTER, "1s")));
  }

  private static ObjectNode cluster(String name, String type, ObjectNode address) {
    ObjectNode keepalive =
        object("connection_keepalive", object("interval", "10s", "timeout", "5s"));
    String options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    ObjectNode http2 =
        object(
            "@type",
            TYPE + "upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config",
            object("http2_protocol_options", keepalive));
    ObjectNode endpoint = object("endpoint", object("address", address));
    return object(
        "name",
        name,
        "type",
        type,
        "connect_timeout",
        "1s",
        "typed_extension_protocol_options",
        object(options, http2),
        "load_assignment",
        object("cluster_name", name, "endpoints", array(object("lb_endpoints", array(endpoint)))));
  }

  private static ObjectNode socketAddress(String host, int port) {
    return object("socket_address", object("address", host, "port_value", port));
  }

  private static ObjectNode layeredRuntime() {
    return object(
        "layers",
        array(
            // Istio's limit for the size of a compiled regular expression; Envoy's own is 100.
            object(
                "name",
                "mooring",
                "static_layer",
                object("re2.max_program_size.error_level", 32_768)),
            object("name", "admin", "admin_layer", object())));
  }
}
