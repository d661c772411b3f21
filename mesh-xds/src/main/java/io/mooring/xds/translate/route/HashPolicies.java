package io.mooring.xds.translate.route;

import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy;
import io.mooring.model.networking.ConsistentHashLb;
import java.time.Duration;

/** Translates what a consistent hash is computed of. */
final class HashPolicies {

  private HashPolicies() {}

  static HashPolicy of(ConsistentHashLb hash) {
    HashPolicy.Builder policy = HashPolicy.newBuilder();
    if (hash.httpHeaderName().isPresent()) {
      policy.getHeaderBuilder().setHeaderName(hash.httpHeaderName().get());
    } else if (hash.httpCookie().isPresent()) {
      policy.setCookie(cookie(hash.httpCookie().get()));
    } else if (hash.httpQueryParameterName().isPresent()) {
      policy.getQueryParameterBuilder().setName(hash.httpQueryParameterName().get());
    } else {
      policy.getConnectionPropertiesBuilder().setSourceIp(hash.useSourceIp().orElse(false));
    }
    return policy.build();
  }

  private static HashPolicy.Cookie cookie(ConsistentHashLb.HttpCookie from) {
    HashPolicy.Cookie.Builder cookie =
        HashPolicy.Cookie.newBuilder()
            .setName(from.name())
            .setPath(from.path())
            .setTtl(Durations.proto(from.ttl().orElse(Duration.ZERO)));
    from.attributes()
        .forEach(
            attribute ->
                cookie
                    .addAttributesBuilder()
                    .setName(attribute.name())
                    .setValue(attribute.value()));
    return cookie.build();
  }
}
