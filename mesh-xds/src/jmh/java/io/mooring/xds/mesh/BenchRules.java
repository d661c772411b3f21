package io.mooring.xds.mesh;

import io.mooring.model.ConfigObject;
import io.mooring.model.LabelSelector;
import io.mooring.model.Metadata;
import io.mooring.model.networking.Destination;
import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.DestinationRuleSpec;
import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.HttpRouteDestination;
import io.mooring.model.networking.RouteDestination;
import io.mooring.model.networking.Subset;
import io.mooring.model.networking.TcpRoute;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.VirtualServiceSpec;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.PeerAuthenticationSpec;
import java.util.List;

/** What an operator may say about one service of {@link BenchMesh}. */
final class BenchRules {

  /** Every tenth VirtualService routes connections, the others requests. */
  private static final int TCP = 10;

  private BenchRules() {}

  static List<ConfigObject> of(int service) {
    String name = "service-" + service;
    Metadata metadata = Metadata.of("demo", name);
    return List.of(
        DestinationRule.builder()
            .metadata(metadata)
            .spec(
                DestinationRuleSpec.builder()
                    .host(name)
                    .addSubsets(Subset.builder().name("v1").putLabels("version", "v1").build())
                    .build())
            .build(),
        VirtualService.builder().metadata(metadata).spec(routes(service, name)).build(),
        PeerAuthentication.builder()
            .metadata(metadata)
            .spec(
                PeerAuthenticationSpec.builder()
                    .selector(LabelSelector.builder().putMatchLabels("app", name).build())
                    .mtls(
                        PeerAuthenticationSpec.MutualTls.of(PeerAuthenticationSpec.Mode.STRICT))
                    .build())
            .build());
  }

  private static VirtualServiceSpec routes(int service, String host) {
    Destination destination = Destination.builder().host(host).build();
    VirtualServiceSpec.Builder spec = VirtualServiceSpec.builder().addHosts(host);
    return service % TCP == 0
        ? spec.addTcp(
                TcpRoute.builder()
                    .addRoute(RouteDestination.builder().destination(destination).build())
                    .build())
            .build()
        : spec.addHttp(
                HttpRoute.builder()
                    .addRoute(HttpRouteDestination.builder().destination(destination).build())
                    .build())
            .build();
  }
}
