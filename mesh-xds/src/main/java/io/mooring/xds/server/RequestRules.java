package io.mooring.xds.server;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.protocol.ClientTraits;
import io.mooring.xds.resource.XdsType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What requests of one kind of stream must be, and what they say of their client. Immutable.
 *
 * @param onlyType the type of the service; null on an aggregated stream
 */
record RequestRules<Q>(Variant<Q> variant, @Nullable XdsType onlyType, XdsLimits limits) {

  /** What clients say that let resources end, xDS protocol, "TTL". */
  private static final String TTL_FEATURE = "xds.config.supports-resource-ttl";

  private static final String WRAPPED_FEATURE = "xds.config.supports-resource-in-sotw";

  /**
   * Returns if a request may be looked at.
   *
   * @throws StatusRuntimeException with which its stream is to be ended otherwise
   */
  void check(Q request) {
    int names = variant.nameCount(request);
    if (names > limits.maxNamesPerRequest()) {
      throw tooMany("names in a request", names, limits.maxNamesPerRequest()).asRuntimeException();
    }
    if (onlyType == null && variant.typeUrl(request).isEmpty()) {
      throw invalid("type_url: '' (expected: a type, on an aggregated stream)");
    }
  }

  XdsType type(Q request) {
    return onlyType == null ? new XdsType(variant.typeUrl(request)) : onlyType;
  }

  /**
   * Returns the node of the first request of a stream; whether it has an id is the authorizer's.
   */
  ProxyNode node(Q first) {
    return ProxyNode.parse(variant.node(first));
  }

  /** Returns how the client of a first request differs from others. */
  ClientTraits traits(Q first, ProxyNode parsed) {
    if (parsed.dialect() == ProxyNode.Dialect.GRPC) {
      return ClientTraits.GRPC;
    }
    Node said = variant.node(first);
    boolean envoy = said.getUserAgentName().equals("envoy");
    ClientTraits kind = onlyType == null && envoy ? ClientTraits.ENVOY : ClientTraits.OTHER;
    List<String> features = said.getClientFeaturesList();
    return kind.withTtl(
        features.contains(TTL_FEATURE) && (variant.isDelta() || features.contains(WRAPPED_FEATURE)),
        variant.isDelta() || !envoy);
  }

  static Status tooMany(String what, int count, int limit) {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        what + ": " + count + " (expected: <= " + limit + ")");
  }

  private static StatusRuntimeException invalid(String description) {
    return Status.INVALID_ARGUMENT.withDescription(description).asRuntimeException();
  }
}
