package io.mooring.xds.translate.grpc;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.xds.resource.Pack;

/** The HTTP filters that every gRPC implementation knows (A33, A39, A41). */
final class HttpFilters {

  static final String FAULT_NAME = "envoy.filters.http.fault";

  /** Injects what routes say; by itself nothing. */
  static final HttpFilter FAULT = filter(FAULT_NAME, HTTPFault.getDefaultInstance());

  /** The last filter of every chain. */
  static final HttpFilter ROUTER = filter("envoy.filters.http.router", Router.getDefaultInstance());

  private HttpFilters() {}

  /** Returns the filter that lets clients of one trust domain in. */
  static HttpFilter onlyMembersOf(TrustDomain trustDomain) {
    Principal member =
        Principal.newBuilder()
            .setAuthenticated(
                Principal.Authenticated.newBuilder()
                    .setPrincipalName(
                        StringMatcher.newBuilder().setPrefix(ProviderTls.prefix(trustDomain))))
            .build();
    Policy members =
        Policy.newBuilder()
            .addPermissions(Permission.newBuilder().setAny(true))
            .addPrincipals(member)
            .build();
    return filter(
        "envoy.filters.http.rbac",
        RBAC.newBuilder()
            .setRules(
                io.envoyproxy
                    .envoy
                    .config
                    .rbac
                    .v3
                    .RBAC
                    .newBuilder()
                    .setAction(io.envoyproxy.envoy.config.rbac.v3.RBAC.Action.ALLOW)
                    .putPolicies("trust-domain", members))
            .build());
  }

  private static HttpFilter filter(String name, Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Pack.any(config)).build();
  }
}
