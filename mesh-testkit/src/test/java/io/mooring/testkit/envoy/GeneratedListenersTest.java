package io.mooring.testkit.envoy;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.model.Metadata;
import io.mooring.model.Protocol;
import io.mooring.model.networking.Destination;
import io.mooring.model.networking.L4MatchAttributes;
import io.mooring.model.networking.RouteDestination;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.TcpRoute;
import io.mooring.model.networking.TlsMatchAttributes;
import io.mooring.model.networking.TlsRoute;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.VirtualServiceSpec;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.node.ProxyNode.Capture;
import io.mooring.xds.translate.authn.EffectiveMutualTls;
import io.mooring.xds.translate.cluster.FixedClusters;
import io.mooring.xds.translate.listener.InboundClusters;
import io.mooring.xds.translate.listener.InboundListenerInput;
import io.mooring.xds.translate.listener.InboundListeners;
import io.mooring.xds.translate.listener.ListenerAddressing;
import io.mooring.xds.translate.listener.OutboundListenerInput;
import io.mooring.xds.translate.listener.OutboundListeners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family of listeners and inbound clusters, judged by the real Envoy. */
class GeneratedListenersTest {

  private static final List<String> IPV4 = List.of("10.0.0.1");
  private static final List<String> DUAL_STACK = List.of("10.0.0.1", "fd00::1");

  private EnvoyValidator validator;

  @BeforeEach
  void findEnvoy() {
    validator = new EnvoyValidator(EnvoyAvailability.orSkip());
  }

  static Stream<Arguments> proxies() {
    return Stream.of(Capture.values())
        .flatMap(
            capture ->
                Stream.of(Mode.PERMISSIVE, Mode.STRICT, Mode.DISABLE)
                    .flatMap(
                        mode ->
                            Stream.of(IPV4, DUAL_STACK)
                                .map(addresses -> Arguments.of(capture, mode, addresses))));
  }

  @ParameterizedTest
  @MethodSource("proxies")
  void envoyAcceptsEveryListenerAndInboundCluster(
      Capture capture, Mode mode, List<String> addresses) {
    ListenerAddressing proxy =
        new ListenerAddressing(capture, true, addresses.equals(DUAL_STACK), "127.0.0.9", false);
    List<Listener> listeners = new ArrayList<>();
    List<Cluster> clusters = new ArrayList<>();
    listeners.addAll(OutboundListeners.translate(outbound(proxy)).listeners());
    InboundListenerInput inbound = inbound(proxy, addresses, mode);
    listeners.addAll(InboundListeners.translate(inbound).listeners());
    clusters.addAll(InboundClusters.translate(inbound));
    clusters.add(FixedClusters.blackHole());
    clusters.add(FixedClusters.passthrough());

    assertThatCode(() -> validator.validate(listeners, clusters, List.of()))
        .doesNotThrowAnyException();
  }

  private static OutboundListenerInput outbound(ListenerAddressing proxy) {
    List<MeshService> services = new ArrayList<>();
    int port = 7000;
    for (Protocol protocol : Protocol.values()) {
      String name = protocol.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
      services.add(service(name + ".vip.demo", port, protocol, "240.240.0.1"));
      services.add(service(name + ".vip6.demo", port, protocol, "2001:2::1"));
      services.add(service(name + ".block.demo", port, protocol, "10.9.0.0/16"));
      services.add(service(name + ".none.demo", port, protocol));
      services.add(service(name + ".all.demo", 9000, protocol));
      services.add(service("*." + name + ".wild.demo", 9001, protocol));
      port++;
    }
    return new OutboundListenerInput(
        proxy,
        new TreeSet<>(),
        services,
        new TreeMap<>(),
        OutboundListenerInput.Layer4.of(
            List.of(layer4("tcp.vip.demo"), layer4("tls.vip.demo"), layer4("auto.none.demo")),
            "demo",
            new TreeMap<>(),
            "cluster.local"),
        new TreeMap<>());
  }

  private static VirtualService layer4(String host) {
    List<RouteDestination> destinations =
        List.of(destination("http.vip.demo", 30), destination("tcp.none.demo", 70));
    return VirtualService.builder()
        .metadata(Metadata.of("demo", host))
        .spec(
            VirtualServiceSpec.builder()
                .addHosts(host)
                .addTcp(
                    TcpRoute.builder()
                        .addMatch(
                            L4MatchAttributes.builder()
                                .addDestinationSubnets("10.1.0.0/16")
                                .build())
                        .addAllRoute(destinations)
                        .build())
                .addTcp(TcpRoute.builder().addAllRoute(destinations).build())
                .addTls(
                    TlsRoute.builder()
                        .addMatch(TlsMatchAttributes.builder().addSniHosts(host).build())
                        .addAllRoute(destinations)
                        .build())
                .build())
        .build();
  }

  private static RouteDestination destination(String host, int weight) {
    return RouteDestination.builder()
        .destination(Destination.builder().host(host).build())
        .weight(weight)
        .build();
  }

  private static InboundListenerInput inbound(
      ListenerAddressing proxy, List<String> addresses, Mode mode) {
    List<ServiceTarget> targets = new ArrayList<>();
    int port = 8000;
    for (Protocol protocol : Protocol.values()) {
      MeshService service = service("in-" + port + ".demo", port, protocol);
      targets.add(new ServiceTarget(service, service.ports().get(0), port + 100));
      port++;
    }
    EffectiveMutualTls mutualTls =
        new EffectiveMutualTls(
            mode,
            new TreeMap<>(
                Map.of(
                    8100,
                    Mode.STRICT,
                    8101,
                    Mode.DISABLE,
                    8112,
                    Mode.DISABLE,
                    5555,
                    Mode.STRICT,
                    5556,
                    Mode.PERMISSIVE,
                    5557,
                    Mode.DISABLE)));
    return new InboundListenerInput(proxy, addresses, targets, mutualTls, new TrustDomain("td"));
  }

  private static MeshService service(
      String host, int port, Protocol protocol, String... addresses) {
    return MeshService.builder()
        .host(host)
        .namespace("demo")
        .name(host)
        .origin(MeshService.Origin.SERVICE_ENTRY)
        .addPorts(new MeshPort(port, "p", protocol, OptionalInt.empty()))
        .resolution(Resolution.STATIC)
        .addAddresses(addresses)
        .meshExternal(false)
        .exportTo(Set.of("*"))
        .build();
  }
}
