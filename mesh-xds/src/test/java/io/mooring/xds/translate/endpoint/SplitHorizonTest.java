package io.mooring.xds.translate.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mooring.model.Locality;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.Networks;
import io.mooring.service.Networks.Gateway;
import io.mooring.xds.translate.endpoint.EndpointInput.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SplitHorizonTest {

  private static final Networks GATED =
      new Networks(
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(
              "n2",
              List.of(new Gateway("192.0.2.1", 15_443), new Gateway("192.0.2.2", 15_443)),
              "n3",
              List.of(new Gateway("192.0.2.3", 15_443))));

  private static Target target(String network, String address, long weight) {
    return new Target(endpoint(network, address).weight(weight).build(), true);
  }

  private static MeshEndpoint.Builder endpoint(String network, String address) {
    return MeshEndpoint.builder()
        .address(address)
        .port(9080)
        .servicePortName("http")
        .servicePort(80)
        .tlsMode("istio")
        .network(network)
        .namespace("demo")
        .workloadName("vm");
  }

  private static List<String> see(Networks networks, String network, Target... targets) {
    return new SplitHorizon(networks, network)
        .see(Arrays.asList(targets)).stream()
            .map(Target::endpoint)
            .map(it -> it.address() + ":" + it.port() + "*" + it.weight())
            .toList();
  }

  @Test
  void withoutNetworksNothingIsTouched() {
    assertThat(see(Networks.NONE, "", target("", "10.0.0.1", 3)))
        .containsExactly("10.0.0.1:9080*3");
  }

  @Test
  void whatIsNearIsCalledItselfAndWhatIsFarThroughEachGateway() {
    assertThat(see(GATED, "n1", target("n1", "10.0.0.1", 1), target("n2", "10.0.0.1", 3)))
        .containsExactly("10.0.0.1:9080*2", "192.0.2.1:15443*3", "192.0.2.2:15443*3");
  }

  @Test
  void theSameAddressInTwoNetworksLeadsEachProxyToItsOwn() {
    Target one = target("n2", "10.0.0.1", 1);
    Target two = target("n3", "10.0.0.1", 1);
    assertThat(see(GATED, "n2", one, two)).containsExactly("10.0.0.1:9080*2", "192.0.2.3:15443*2");
    assertThat(see(GATED, "n3", one, two))
        .containsExactly("10.0.0.1:9080*2", "192.0.2.1:15443*1", "192.0.2.2:15443*1");
  }

  @Test
  void aProxyWithoutANetworkTakesTheGatewaysWhereThereAreAny() {
    assertThat(see(GATED, "", target("n3", "10.0.0.1", 1), target("n4", "10.0.0.2", 1)))
        .containsExactly("10.0.0.2:9080*2", "192.0.2.3:15443*2");
  }

  @Test
  void withoutAGatewayAnEndpointIsCalledItselfUnlessItsAddressIsTakenHere() {
    Target far = target("n4", "10.0.0.1", 1);
    assertThat(see(GATED, "n1", far)).containsExactly("10.0.0.1:9080*2");
    assertThat(see(GATED, "n1", far, target("n1", "10.0.0.1", 5)))
        .containsExactly("10.0.0.1:9080*10");
    assertThat(see(Networks.NONE, "n1", far, target("n1", "10.0.0.1", 5)))
        .containsExactly("10.0.0.1:9080*5");
    assertThat(new SplitHorizon(GATED, "n1").rejection(far, List.of(target("n1", "10.0.0.1", 5))))
        .hasValueSatisfying(reason -> assertThat(reason).contains("wrong network and no gateway"));
  }

  @Test
  void anEndpointWithoutAnAddressIsThereThroughAGatewayAlone() {
    Target nowhere = target("n3", "", 4);
    assertThat(see(GATED, "n1", nowhere)).containsExactly("192.0.2.3:15443*8");
    assertThat(see(GATED, "n3", nowhere)).isEmpty();
    assertThat(see(Networks.NONE, "n1", nowhere)).isEmpty();
  }

  @Test
  void gatewaysPassNoPlainText() {
    Target plain = new Target(endpoint("n3", "10.0.0.1").build(), false);
    assertThat(see(GATED, "n1", plain)).isEmpty();
    assertThat(new SplitHorizon(GATED, "n1").rejection(plain, List.of(plain)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("mTLS alone"));
  }

  @Test
  void whatDrainsBehindAGatewayGetsNoShareOfItsTraffic() {
    Target drains = new Target(endpoint("n3", "10.0.0.1").draining(true).weight(7).build(), true);
    assertThat(see(GATED, "n1", drains, target("n3", "10.0.0.2", 1)))
        .containsExactly("192.0.2.3:15443*2");
  }

  @Test
  void eachLocalityHasItsOwnShareOfAGateway() {
    Target near =
        new Target(endpoint("n3", "10.0.0.1").locality(new Locality("eu", "a", "")).build(), true);
    Target far =
        new Target(endpoint("n3", "10.0.0.2").locality(new Locality("us", "b", "")).build(), true);
    assertThat(see(GATED, "n1", near, far))
        .containsExactly("192.0.2.3:15443*2", "192.0.2.3:15443*2");
  }

  @Test
  void manyDifferentNumbersOfGatewaysLetNoWeightOverflow() {
    Map<String, List<Gateway>> gateways = new TreeMap<>();
    for (int count = 1; count <= 60; count++) {
      gateways.put(
          "net-%02d".formatted(count),
          IntStream.rangeClosed(1, count)
              .mapToObj(i -> new Gateway("192.0.2." + i, 15_443))
              .toList());
    }
    List<Long> weights =
        new SplitHorizon(new Networks(Map.of(), Map.of(), Map.of(), gateways), "home")
                .see(
                    List.of(
                        target("home", "10.0.0.1", 0xFFFF_FFFFL),
                        target("net-59", "10.0.0.2", 0xFFFF_FFFFL)))
                .stream()
                .map(it -> it.endpoint().weight())
                .toList();
    assertThat(weights).hasSize(60).allMatch(weight -> weight > 0);
    assertThat(weights.stream().skip(1).mapToLong(Long::longValue).sum() / (double) weights.get(0))
        .isCloseTo(1, within(1.0 / 4096));
  }

  /** Gateways change where traffic enters, never how much each endpoint is to get. */
  @Property(tries = 100)
  void weightIsConserved(
      @ForAll @Size(max = 8) List<@IntRange(min = 1, max = 50) Integer> weights,
      @ForAll @IntRange(min = 0, max = 4) int from) {
    List<String> networks = List.of("n1", "n2", "n3", "n4", "");
    List<Target> targets = new ArrayList<>();
    long sum = 0;
    for (int i = 0; i < weights.size(); i++) {
      targets.add(target(networks.get(i % 5), "10.0.0." + i, weights.get(i)));
      sum += weights.get(i);
    }
    assertThat(
            new SplitHorizon(GATED, networks.get(from))
                .see(targets).stream().mapToLong(it -> it.endpoint().weight()).sum())
        .isEqualTo(2 * sum);
  }
}
