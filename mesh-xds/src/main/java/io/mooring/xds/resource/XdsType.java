package io.mooring.xds.resource;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Message;

/**
 * A resource type by its URL. Immutable; any URL is a type, the constants are the ones that Envoy
 * asks for.
 *
 * @param typeUrl e.g. {@code type.googleapis.com/envoy.config.cluster.v3.Cluster}
 */
public record XdsType(String typeUrl) implements Comparable<XdsType> {

  private static final String PREFIX = "type.googleapis.com/";

  public static final XdsType CLUSTER = new XdsType(PREFIX + "envoy.config.cluster.v3.Cluster");
  public static final XdsType ENDPOINT =
      new XdsType(PREFIX + "envoy.config.endpoint.v3.ClusterLoadAssignment");
  public static final XdsType LISTENER = new XdsType(PREFIX + "envoy.config.listener.v3.Listener");
  public static final XdsType ROUTE =
      new XdsType(PREFIX + "envoy.config.route.v3.RouteConfiguration");
  public static final XdsType SECRET =
      new XdsType(PREFIX + "envoy.extensions.transport_sockets.tls.v3.Secret");

  public static final XdsType SCOPED_ROUTE =
      new XdsType(PREFIX + "envoy.config.route.v3.ScopedRouteConfiguration");
  public static final XdsType VIRTUAL_HOST =
      new XdsType(PREFIX + "envoy.config.route.v3.VirtualHost");
  public static final XdsType EXTENSION_CONFIG =
      new XdsType(PREFIX + "envoy.config.core.v3.TypedExtensionConfig");
  public static final XdsType RUNTIME = new XdsType(PREFIX + "envoy.service.runtime.v3.Runtime");

  public XdsType {
    requireNonNull(typeUrl, "typeUrl");
  }

  /** Returns the type of a message. */
  public static XdsType of(Message message) {
    return new XdsType(PREFIX + message.getDescriptorForType().getFullName());
  }

  @Override
  public int compareTo(XdsType other) {
    return typeUrl.compareTo(other.typeUrl);
  }

  @Override
  public String toString() {
    return typeUrl;
  }
}
