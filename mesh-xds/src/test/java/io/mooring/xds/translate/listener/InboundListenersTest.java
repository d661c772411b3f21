package io.mooring.xds.translate.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.mooring.model.Protocol;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.node.ProxyNode.Capture;
import io.mooring.xds.translate.authn.EffectiveMutualTls;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InboundListenersTest {

  private static final String MESH =
      "istio,istio-peer-exchange,istio-http/1.0,istio-http/1.1,istio-h2";
  private static final String MESH_HTTP = "istio-http/1.0,istio-http/1.1,istio-h2";
  private static final String CLUSTER = "inbound|8080||";
  private static final ListenerAddressing CAPTURED =
      new ListenerAddressing(Capture.REDIRECT, true, false, "", false);
  private static final ListenerAddressing NOT_CAPTURED =
      new ListenerAddressing(Capture.NONE, true, false, "127.0.0.1", false);

  static Stream<Arguments> chainsByProtocolAndMode() {
    return Stream.of(
        Arguments.of(Protocol.HTTP, Mode.STRICT, List.of("tls -> mtls http " + CLUSTER)),
        Arguments.of(
            Protocol.HTTP,
            Mode.PERMISSIVE,
            List.of("tls " + MESH + " -> mtls http " + CLUSTER, "raw -> http " + CLUSTER)),
        Arguments.of(Protocol.HTTP, Mode.DISABLE, List.of("raw -> http " + CLUSTER)),
        Arguments.of(Protocol.TCP, Mode.STRICT, List.of("tls -> mtls tcp " + CLUSTER)),
        Arguments.of(
            Protocol.TCP,
            Mode.PERMISSIVE,
            List.of(
                "tls " + MESH + " -> mtls tcp " + CLUSTER,
                "tls -> tcp " + CLUSTER,
                "raw -> tcp " + CLUSTER)),
        Arguments.of(Protocol.TCP, Mode.DISABLE, List.of("raw -> tcp " + CLUSTER)),
        Arguments.of(
            Protocol.AUTO,
            Mode.STRICT,
            List.of("tls " + MESH_HTTP + " -> mtls http " + CLUSTER, "tls -> mtls tcp " + CLUSTER)),
        Arguments.of(
            Protocol.AUTO,
            Mode.PERMISSIVE,
            List.of(
                "tls " + MESH_HTTP + " -> mtls http " + CLUSTER,
                "raw http/1.1,h2c -> http " + CLUSTER,
                "tls istio-peer-exchange,istio -> mtls tcp " + CLUSTER,
                "raw -> tcp " + CLUSTER,
                "tls -> tcp " + CLUSTER)),
        Arguments.of(
            Protocol.AUTO,
            Mode.DISABLE,
            List.of("raw http/1.1,h2c -> http " + CLUSTER, "raw -> tcp " + CLUSTER)));
  }

  @ParameterizedTest
  @MethodSource("chainsByProtocolAndMode")
  void protocolAndModeDecideTheChains(Protocol protocol, Mode mode, List<String> expected) {
    ServiceTarget target = Services.target("a.demo", 80, protocol, 8080);

    assertThat(Chains.ofPort(captured(mode, Map.of(), target), 8080)).isEqualTo(expected);
    assertThat(Chains.of(bound(mode, target))).isEqualTo(expected);
  }

  @Test
  void callToTheCapturePortItselfIsRefused() {
    Listener listener = captured(Mode.PERMISSIVE, Map.of());

    assertThat(listener.getName()).isEqualTo("virtualInbound");
    assertThat(Chains.ofPort(listener, 15006)).containsExactly("-> tcp BlackHoleCluster");
  }

  @Test
  void serviceOnTheCapturePortGetsNoChainThatWouldLoop() {
    ListenerTranslation translation =
        InboundListeners.translate(
            input(
                CAPTURED,
                Mode.STRICT,
                Map.of(15006, Mode.DISABLE),
                Services.target("loop.demo", 80, Protocol.TCP, 15006)));

    assertThat(Chains.ofPort(translation.listeners().get(0), 15006))
        .containsExactly("-> tcp BlackHoleCluster");
  }

  @Test
  void portsOfNoServicePassThroughAsTheWorkloadAccepts() {
    assertThat(Chains.ofPort(captured(Mode.PERMISSIVE, Map.of()), 0))
        .containsExactly(
            "tls " + MESH + " -> mtls tcp InboundPassthroughCluster",
            "tls -> tcp InboundPassthroughCluster",
            "raw -> tcp InboundPassthroughCluster");
    assertThat(Chains.ofPort(captured(Mode.STRICT, Map.of()), 0))
        .containsExactly("tls -> mtls tcp InboundPassthroughCluster");
  }

  @Test
  void portLevelModeAlsoHoldsForAPortOfNoService() {
    Listener listener = captured(Mode.STRICT, Map.of(9999, Mode.DISABLE));

    assertThat(Chains.ofPort(listener, 9999))
        .containsExactly("raw -> tcp InboundPassthroughCluster");
  }

  @Test
  void portLevelModeIsKeyedByTheWorkloadsPortNotTheServices() {
    Listener listener =
        captured(
            Mode.STRICT,
            Map.of(8080, Mode.DISABLE, 80, Mode.PERMISSIVE),
            Services.target("a.demo", 80, Protocol.HTTP, 8080));

    assertThat(Chains.ofPort(listener, 8080)).containsExactly("raw -> http " + CLUSTER);
  }

  @Test
  void inspectorsLookOnlyWhereChainsDependOnThem() {
    Listener listener =
        captured(
            Mode.PERMISSIVE,
            Map.of(3306, Mode.DISABLE),
            Services.target("db.demo", 3306, Protocol.MYSQL, 3306),
            Services.target("x.demo", 80, Protocol.AUTO, 8080));

    assertThat(Chains.inspectors(listener))
        .containsExactly("original_dst", "tls_inspector", "http_inspector");
    ListenerFilter tls = listener.getListenerFilters(1);
    assertThat(tls.getFilterDisabled().getDestinationPortRange().getStart()).isEqualTo(3306);
    assertThat(tls.getFilterDisabled().getDestinationPortRange().getEnd()).isEqualTo(3307);
    ListenerFilter http = listener.getListenerFilters(2);
    assertThat(http.getFilterDisabled().getNotMatch().getDestinationPortRange().getStart())
        .isEqualTo(8080);
  }

  @Test
  void withoutAnyTlsOnlyTheDestinationIsLookedUp() {
    assertThat(Chains.inspectors(captured(Mode.DISABLE, Map.of()))).containsExactly("original_dst");
    assertThat(Chains.inspectors(captured(Mode.DISABLE, Map.of(80, Mode.STRICT))))
        .containsExactly("original_dst", "tls_inspector");
  }

  @Test
  void silentClientIsNotWaitedForForEver() {
    Listener listener = captured(Mode.PERMISSIVE, Map.of());

    assertThat(listener.getListenerFiltersTimeout().getSeconds()).isEqualTo(5);
    assertThat(listener.getContinueOnListenerFiltersTimeout()).isTrue();
  }

  @Test
  void oldestServiceDecidesTheProtocolOfASharedTargetPort() {
    ListenerTranslation translation =
        InboundListeners.translate(
            input(
                CAPTURED,
                Mode.STRICT,
                Map.of(),
                Services.target("old.demo", 80, Protocol.HTTP, 8080),
                Services.target("same.demo", 82, Protocol.HTTP, 8080),
                Services.target("new.demo", 81, Protocol.TCP, 8080)));

    assertThat(Chains.ofPort(translation.listeners().get(0), 8080))
        .containsExactly("tls -> mtls http " + CLUSTER);
    assertThat(translation.conflicts())
        .singleElement()
        .satisfies(
            conflict -> {
              assertThat(conflict.service().host()).isEqualTo("new.demo");
              assertThat(conflict.reason()).contains("8080", "HTTP", "TCP");
            });
  }

  @Test
  void applicationLearnsTheCallerAndNothingLimitsARequest() {
    Listener listener = bound(Mode.STRICT, Services.target("a.demo", 80, Protocol.HTTP, 8080));

    HttpConnectionManager manager = Chains.manager(listener.getFilterChains(0));
    assertThat(manager.getForwardClientCertDetails())
        .isEqualTo(ForwardClientCertDetails.APPEND_FORWARD);
    assertThat(manager.getSetCurrentClientCertDetails().getUri()).isTrue();
    assertThat(manager.getSetCurrentClientCertDetails().getDns()).isTrue();
    assertThat(manager.getSetCurrentClientCertDetails().getSubject().getValue()).isTrue();
    assertThat(manager.hasStreamIdleTimeout()).isTrue();
    assertThat(manager.getStreamIdleTimeout().getSeconds()).isZero();
    assertThat(manager.getRouteConfig().getVirtualHosts(0).getName()).isEqualTo("inbound|http|80");
    Route route = manager.getRouteConfig().getVirtualHosts(0).getRoutes(0);
    assertThat(route.getRoute().hasTimeout()).isTrue();
    assertThat(route.getRoute().getTimeout().getSeconds()).isZero();
    assertThat(route.getRoute().getRetryPolicy().getRetryOn()).isEqualTo("reset-before-request");
  }

  @Test
  void grpcIsNotRetriedTwiceOver() {
    Listener listener = bound(Mode.STRICT, Services.target("a.demo", 80, Protocol.GRPC, 8080));

    HttpConnectionManager manager = Chains.manager(listener.getFilterChains(0));
    assertThat(manager.getRouteConfig().getVirtualHosts(0).getRoutes(0).getRoute().hasRetryPolicy())
        .isFalse();
  }

  @Test
  void withoutCaptureEveryAddressOfTheWorkloadListens() {
    InboundListenerInput input =
        new InboundListenerInput(
            new ListenerAddressing(Capture.NONE, true, true, "127.0.0.1", false),
            List.of("10.0.0.1", "fd00::1"),
            List.of(Services.target("a.demo", 80, Protocol.HTTP, 8080)),
            EffectiveMutualTls.DEFAULT,
            new TrustDomain("td"));

    Listener listener = InboundListeners.translate(input).listeners().get(0);

    assertThat(listener.getName()).isEqualTo("10.0.0.1_8080");
    assertThat(listener.getAddress().getSocketAddress().getAddress()).isEqualTo("10.0.0.1");
    assertThat(listener.getAddress().getSocketAddress().getPortValue()).isEqualTo(8080);
    assertThat(listener.getAdditionalAddressesList())
        .extracting(it -> it.getAddress().getSocketAddress().getAddress())
        .containsExactly("fd00::1");
    assertThat(listener.hasBindToPort()).isFalse();
  }

  @Test
  void withoutCaptureTheApplicationsOwnAddressIsLeftToIt() {
    InboundListenerInput input =
        new InboundListenerInput(
            NOT_CAPTURED,
            List.of("127.0.0.1"),
            List.of(Services.target("a.demo", 80, Protocol.HTTP, 8080)),
            EffectiveMutualTls.DEFAULT,
            new TrustDomain("td"));

    ListenerTranslation translation = InboundListeners.translate(input);

    assertThat(translation.listeners()).isEmpty();
    assertThat(translation.conflicts())
        .extracting(ListenerConflict::listener)
        .containsExactly("127.0.0.1_8080");
  }

  @Test
  void udpHasNoListener() {
    ServiceTarget dns = Services.target("dns.demo", 53, Protocol.UDP, 53);

    assertThat(Chains.ofPort(captured(Mode.PERMISSIVE, Map.of(), dns), 53)).isEmpty();
  }

  @Test
  void wildcardIsIpv6OnlyWhereTheWorkloadHasIt() {
    assertThat(captured(Mode.PERMISSIVE, Map.of()).getAdditionalAddressesCount()).isZero();
    InboundListenerInput dual =
        new InboundListenerInput(
            new ListenerAddressing(Capture.TPROXY, true, true, "", false),
            List.of(),
            List.of(),
            EffectiveMutualTls.DEFAULT,
            new TrustDomain("td"));

    Listener listener = InboundListeners.translate(dual).listeners().get(0);

    assertThat(listener.getAdditionalAddressesList())
        .extracting(it -> it.getAddress().getSocketAddress().getAddress())
        .containsExactly("::");
    assertThat(listener.getTransparent().getValue()).isTrue();
    assertThat(Chains.inspectors(listener)).contains("original_src");
  }

  private static Listener captured(Mode mode, Map<Integer, Mode> byPort, ServiceTarget... targets) {
    return InboundListeners.translate(input(CAPTURED, mode, byPort, targets)).listeners().get(0);
  }

  private static Listener bound(Mode mode, ServiceTarget... targets) {
    return InboundListeners.translate(input(NOT_CAPTURED, mode, Map.of(), targets))
        .listeners()
        .get(0);
  }

  private static InboundListenerInput input(
      ListenerAddressing addressing,
      Mode mode,
      Map<Integer, Mode> byPort,
      ServiceTarget... targets) {
    return new InboundListenerInput(
        addressing,
        List.of("10.0.0.1"),
        List.of(targets),
        new EffectiveMutualTls(mode, new TreeMap<>(byPort)),
        new TrustDomain("td"));
  }
}
