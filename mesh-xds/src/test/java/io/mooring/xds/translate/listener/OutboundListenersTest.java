package io.mooring.xds.translate.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import io.mooring.xds.node.ProxyNode.Capture;
import io.mooring.xds.translate.listener.OutboundListenerInput.Layer4;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OutboundListenersTest {

  static final ListenerAddressing CAPTURED =
      new ListenerAddressing(Capture.REDIRECT, true, false, "", false);
  private static final ListenerAddressing NOT_CAPTURED =
      new ListenerAddressing(Capture.NONE, true, false, "127.0.0.9", false);

  @Test
  void aTcpServiceWithoutAddressHasAListenerAtItsAllocatedOneWhereTheMeshAnswersDns() {
    MeshService service =
        Services.builder("db.demo", 5432, Protocol.TCP)
            .addAutoAddresses("240.240.0.1", "2001:2::1")
            .build();
    assertThat(names(translate(CAPTURED, service)))
        .containsExactly("0.0.0.0_5432", "virtualOutbound");
    ListenerAddressing byMeshDns = new ListenerAddressing(Capture.REDIRECT, true, false, "", true);
    assertThat(names(translate(byMeshDns, service)))
        .containsExactly("240.240.0.1_5432", "virtualOutbound");
    assertThat(
            names(
                translate(
                    byMeshDns,
                    MeshService.builder().from(service).addAddresses("10.9.0.1").build())))
        .containsExactly("10.9.0.1_5432", "virtualOutbound");
  }

  @Test
  void withCaptureWhatNoListenerTakesPassesThrough() {
    ListenerTranslation translation = captured();

    Listener virtualOutbound = translation.listeners().get(0);
    assertThat(virtualOutbound.getName()).isEqualTo("virtualOutbound");
    assertThat(virtualOutbound.getUseOriginalDst().getValue()).isTrue();
    assertThat(Chains.ofPort(virtualOutbound, 15001)).containsExactly("-> tcp BlackHoleCluster");
    assertThat(Chains.ofPort(virtualOutbound, 0)).containsExactly("-> tcp PassthroughCluster");
    assertThat(virtualOutbound.getAdditionalAddressesCount()).isZero();
  }

  @Test
  void withoutCaptureThereIsNothingButServices() {
    assertThat(translate(NOT_CAPTURED).listeners()).isEmpty();
  }

  @Test
  void httpServicesOfAPortShareAListenerAndItsRoutes() {
    ListenerTranslation translation =
        captured(
            Services.service("a.demo", 80, Protocol.HTTP, "240.0.0.1"),
            Services.service("b.demo", 80, Protocol.GRPC, "240.0.0.2"));

    Listener listener = listener(translation, "0.0.0.0_80");
    assertThat(Chains.of(listener))
        .containsExactly("raw http/1.1,h2c -> http rds 80", "else -> tcp PassthroughCluster");
    assertThat(listener.getBindToPort().getValue()).isFalse();
    assertThat(listener.hasBindToPort()).isTrue();
    assertThat(listener.hasListenerFiltersTimeout()).isTrue();
    assertThat(listener.getListenerFiltersTimeout().getSeconds()).isZero();
    assertThat(translation.routeNames()).containsExactly("80");
    assertThat(translation.conflicts()).isEmpty();
  }

  @Test
  void tcpServiceHasAListenerOnEachOfItsAddresses() {
    ListenerTranslation translation =
        captured(Services.service("db.demo", 5432, Protocol.TCP, "240.0.0.1", "240.0.0.2"));

    for (String name : List.of("240.0.0.1_5432", "240.0.0.2_5432")) {
      assertThat(Chains.of(listener(translation, name)))
          .containsExactly("-> tcp outbound|5432||db.demo");
      assertThat(Chains.inspectors(listener(translation, name))).isEmpty();
    }
  }

  @Test
  void addressOfAFamilyThatTheProxyLacksIsLeftOut() {
    assertThat(names(captured(Services.service("db.demo", 5432, Protocol.TCP, "2001:2::1"))))
        .containsExactly("virtualOutbound");
  }

  @Test
  void ipv6WildcardOnlyWhereTheProxyHasIpv6() {
    ListenerTranslation translation =
        translate(
            new ListenerAddressing(Capture.REDIRECT, true, true, "", false),
            Services.service("a.demo", 80, Protocol.HTTP),
            Services.service("db.demo", 5432, Protocol.TCP, "2001:2::1"));

    assertThat(names(translation))
        .containsExactly("0.0.0.0_80", "[2001:2::1]_5432", "virtualOutbound");
    assertThat(listener(translation, "0.0.0.0_80").getAdditionalAddressesList())
        .extracting(it -> it.getAddress().getSocketAddress().getAddress())
        .containsExactly("::");
  }

  @Test
  void undeclaredProtocolIsLookedAtOnItsOwnAddress() {
    ListenerTranslation translation =
        captured(Services.service("x.demo", 7000, Protocol.AUTO, "240.0.0.1"));

    Listener listener = listener(translation, "240.0.0.1_7000");
    assertThat(Chains.of(listener))
        .containsExactly(
            "raw http/1.1,h2c -> http rds x.demo:7000", "else -> tcp outbound|7000||x.demo");
    assertThat(Chains.inspectors(listener)).containsExactly("http_inspector");
    assertThat(filters(listener))
        .containsExactly(
            "envoy.filters.http.set_filter_state",
            "envoy.filters.http.fault",
            "envoy.filters.http.cors",
            "envoy.filters.http.router");
    assertThat(translation.routeNames()).containsExactly("x.demo:7000");
  }

  @Test
  void declaredHttpOffersItsClustersOwnAlpn() {
    Listener listener =
        listener(captured(Services.service("a.demo", 80, Protocol.HTTP)), "0.0.0.0_80");

    assertThat(filters(listener)).doesNotContain("envoy.filters.http.set_filter_state");
  }

  @Test
  void olderTcpServiceOfAWildcardPortWins() {
    ListenerTranslation translation =
        captured(
            Services.service("old.demo", 9000, Protocol.TCP),
            Services.service("new.demo", 9000, Protocol.TCP));

    assertThat(Chains.of(listener(translation, "0.0.0.0_9000")))
        .containsExactly("-> tcp outbound|9000||old.demo");
    assertThat(translation.conflicts())
        .singleElement()
        .satisfies(
            conflict -> {
              assertThat(conflict.service()).isEqualTo(new ServiceKey("new.demo", "demo"));
              assertThat(conflict.listener()).isEqualTo("0.0.0.0_9000");
              assertThat(conflict.reason()).contains("9000").contains("older");
            });
  }

  @Test
  void httpAndTcpOfAWildcardPortAreToldApartWhicheverIsOlder() {
    MeshService http = Services.service("web.demo", 9000, Protocol.HTTP);
    MeshService tcp = Services.service("db.demo", 9000, Protocol.TCP);
    List<String> expected =
        List.of("raw http/1.1,h2c -> http rds 9000", "else -> tcp outbound|9000||db.demo");

    assertThat(Chains.of(listener(captured(http, tcp), "0.0.0.0_9000"))).isEqualTo(expected);
    assertThat(Chains.of(listener(captured(tcp, http), "0.0.0.0_9000"))).isEqualTo(expected);
    assertThat(captured(http, tcp)).isEqualTo(captured(tcp, http));
  }

  @Test
  void undeclaredOverHttpKeepsTheRoutesOfBoth() {
    ListenerTranslation translation =
        captured(
            Services.service("web.demo", 9000, Protocol.HTTP),
            Services.service("x.demo", 9000, Protocol.AUTO));

    assertThat(Chains.of(listener(translation, "0.0.0.0_9000")))
        .containsExactly("raw http/1.1,h2c -> http rds 9000", "else -> tcp outbound|9000||x.demo");
  }

  @Test
  void serverFirstProtocolSharesItsPortWithNoOther() {
    ListenerTranslation translation =
        captured(
            Services.service("db.demo", 3306, Protocol.MYSQL),
            Services.service("web.demo", 3306, Protocol.HTTP));

    assertThat(Chains.of(listener(translation, "0.0.0.0_3306")))
        .containsExactly("-> tcp outbound|3306||db.demo");
    assertThat(translation.conflicts())
        .extracting(conflict -> conflict.service().host())
        .containsExactly("web.demo");
  }

  @Test
  void blockOfAddressesIsAChainOfTheWildcard() {
    ListenerTranslation translation =
        captured(
            Services.service("a.demo", 9000, Protocol.TCP, "10.1.0.0/16"),
            Services.service("b.demo", 9000, Protocol.TCP, "10.2.0.0/16", "broken/99"));

    assertThat(Chains.of(listener(translation, "0.0.0.0_9000")))
        .containsExactly(
            "10.1.0.0/16 -> tcp outbound|9000||a.demo",
            "10.2.0.0/16 -> tcp outbound|9000||b.demo",
            "else -> tcp PassthroughCluster");
  }

  @Test
  void tlsServicesOfAPortAreToldApartByServerName() {
    ListenerTranslation translation =
        captured(
            Services.service("a.example.com", 443, Protocol.HTTPS),
            Services.service("*.b.example.com", 443, Protocol.TLS));

    Listener listener = listener(translation, "0.0.0.0_443");
    assertThat(Chains.of(listener))
        .containsExactly(
            "a.example.com -> tcp outbound|443||a.example.com",
            "*.b.example.com -> tcp outbound|443||*.b.example.com",
            "else -> tcp PassthroughCluster");
    assertThat(Chains.inspectors(listener)).containsExactly("tls_inspector");
    assertThat(translation.conflicts()).isEmpty();
  }

  @Test
  void headlessServiceHasAListenerForEachPodAndNoneWithoutAny() {
    MeshService headless =
        Services.builder("pods.demo", 6379, Protocol.TCP)
            .origin(MeshService.Origin.KUBERNETES_SERVICE)
            .resolution(Resolution.NONE)
            .build();
    OutboundListenerInput input =
        new OutboundListenerInput(
            CAPTURED,
            new TreeSet<>(),
            List.of(headless),
            new TreeMap<>(Map.of(headless.key(), List.of("10.0.0.7", "10.0.0.8"))),
            Layer4.NONE,
            new TreeMap<>());

    assertThat(names(OutboundListeners.translate(input)))
        .containsExactly("10.0.0.7_6379", "10.0.0.8_6379", "virtualOutbound");
    assertThat(names(captured(headless))).containsExactly("virtualOutbound");
  }

  @Test
  void captureItselfIsNotShadowedByAServiceOnItsPort() {
    ListenerTranslation translation = captured(Services.service("x.demo", 15001, Protocol.HTTP));

    assertThat(names(translation)).containsExactly("virtualOutbound");
    assertThat(translation.conflicts()).hasSize(1);
  }

  @Test
  void withoutCaptureServicesAreOnTheBindAddress() {
    ListenerTranslation translation =
        translate(
            NOT_CAPTURED,
            Services.service("a.demo", 80, Protocol.HTTP, "240.0.0.1"),
            Services.service("b.demo", 80, Protocol.HTTP, "240.0.0.2"),
            Services.service("x.demo", 7000, Protocol.AUTO, "240.0.0.3"),
            Services.service("db.demo", 5432, Protocol.TCP, "240.0.0.4"));

    assertThat(names(translation))
        .containsExactly("127.0.0.9_5432", "127.0.0.9_7000", "127.0.0.9_80");
    assertThat(translation.listeners()).noneMatch(Listener::hasBindToPort);
    assertThat(Chains.of(listener(translation, "127.0.0.9_80"))).containsExactly("-> http rds 80");
    assertThat(Chains.of(listener(translation, "127.0.0.9_7000")))
        .containsExactly("raw http/1.1,h2c -> http rds 7000", "else -> tcp outbound|7000||x.demo");
    assertThat(Chains.of(listener(translation, "127.0.0.9_5432")))
        .containsExactly("-> tcp outbound|5432||db.demo");
    assertThat(translation.routeNames()).containsExactly("7000", "80");
  }

  @Test
  void withoutCaptureOnePortHasOneTcpService() {
    ListenerTranslation translation =
        translate(
            NOT_CAPTURED,
            Services.service("old.demo", 5432, Protocol.TCP, "240.0.0.1"),
            Services.service("new.demo", 5432, Protocol.TCP, "240.0.0.2"));

    assertThat(Chains.of(listener(translation, "127.0.0.9_5432")))
        .containsExactly("-> tcp outbound|5432||old.demo");
    assertThat(translation.conflicts()).hasSize(1);
  }

  @Test
  void withoutCaptureThePortsOfTheWorkloadAreLeftToIt() {
    OutboundListenerInput input =
        new OutboundListenerInput(
            NOT_CAPTURED,
            new TreeSet<>(List.of(9080)),
            List.of(
                Services.service("ratings.demo", 9080, Protocol.HTTP),
                Services.service("reviews.demo", 9081, Protocol.HTTP)),
            new TreeMap<>(),
            Layer4.NONE,
            new TreeMap<>());

    ListenerTranslation translation = OutboundListeners.translate(input);

    assertThat(names(translation)).containsExactly("127.0.0.9_9081");
    assertThat(translation.conflicts())
        .extracting(ListenerConflict::listener)
        .containsExactly("127.0.0.9_9080");
  }

  @Test
  void withoutCaptureNobodyKnowsWhereAnUnresolvedTcpServiceIs() {
    MeshService anywhere =
        Services.builder("any.example.com", 5432, Protocol.TCP).resolution(Resolution.NONE).build();

    ListenerTranslation translation = translate(NOT_CAPTURED, anywhere);

    assertThat(translation.listeners()).isEmpty();
    assertThat(translation.conflicts()).hasSize(1);
  }

  @Test
  void udpHasNoListener() {
    assertThat(names(captured(Services.service("dns.demo", 53, Protocol.UDP, "240.0.0.1"))))
        .containsExactly("virtualOutbound");
  }

  static ListenerTranslation captured(MeshService... services) {
    return translate(CAPTURED, services);
  }

  static ListenerTranslation translate(ListenerAddressing addressing, MeshService... services) {
    return OutboundListeners.translate(
        new OutboundListenerInput(
            addressing,
            new TreeSet<>(),
            List.of(services),
            new TreeMap<>(),
            Layer4.NONE,
            new TreeMap<>()));
  }

  static List<String> names(ListenerTranslation translation) {
    return translation.listeners().stream().map(Listener::getName).toList();
  }

  static Listener listener(ListenerTranslation translation, String name) {
    return translation.listeners().stream()
        .filter(listener -> listener.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + names(translation)));
  }

  static List<String> filters(Listener listener) {
    HttpConnectionManager manager = Chains.manager(listener.getFilterChains(0));
    return manager.getHttpFiltersList().stream().map(HttpFilter::getName).toList();
  }
}
