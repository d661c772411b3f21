package io.mooring.xds.translate.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.mooring.model.Locality;
import io.mooring.service.MeshEndpoint;
import io.mooring.xds.translate.endpoint.EndpointInput.Target;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LoadAssignmentsTest {

  @Test
  void endpointsAreGroupedByLocalityInOrderWithTheSumOfTheirWeights() {
    ClusterLoadAssignment assignment =
        translate(
            target("10.0.0.3", "us", 1), target("10.0.0.2", "eu", 2), target("10.0.0.1", "eu", 3));

    assertThat(assignment.getEndpointsList())
        .extracting(
            group ->
                group.getLocality().getRegion() + "=" + group.getLoadBalancingWeight().getValue())
        .containsExactly("eu=5", "us=1");
    assertThat(assignment.getEndpoints(0).getLbEndpointsList())
        .extracting(endpoint -> endpoint.getEndpoint().getAddress().getSocketAddress().getAddress())
        .containsExactly("10.0.0.1", "10.0.0.2");
  }

  @Test
  void orderOfTargetsDoesNotMatter() {
    Target one = target("10.0.0.1", "eu", 1);
    Target two = target("10.0.0.2", "us", 1);

    assertThat(translate(one, two)).isEqualTo(translate(two, one));
  }

  @Test
  void onlyMutualTlsTargetsAreMarked() {
    MeshEndpoint endpoint = target("10.0.0.1", "eu", 1).endpoint();

    assertThat(translate(new Target(endpoint, true)).toString()).contains("tlsMode");
    assertThat(translate(new Target(endpoint, false)).toString()).doesNotContain("tlsMode");
  }

  @Test
  void unixSocketIsAPipe() {
    Target socket = target("unix:///run/app.sock", "", 1);

    assertThat(
            translate(socket)
                .getEndpoints(0)
                .getLbEndpoints(0)
                .getEndpoint()
                .getAddress()
                .getPipe()
                .getPath())
        .isEqualTo("/run/app.sock");
  }

  @Test
  void weightsWhoseSumIsBeyondEnvoysLimitShrinkInProportion() {
    ClusterLoadAssignment assignment =
        translate(
            target("10.0.0.1", "eu", 4_000_000_000L),
            target("10.0.0.2", "eu", 2_000_000_000L),
            target("10.0.0.3", "us", 2_000_000_000L),
            target("10.0.0.4", "us", 1));

    assertThat(weights(assignment))
        .containsExactly(2_147_483_645L, 1_073_741_822L, 1_073_741_822L, 1L);
    assertThat(assignment.getEndpointsList())
        .extracting(group -> Integer.toUnsignedLong(group.getLoadBalancingWeight().getValue()))
        .containsExactly(3_221_225_467L, 1_073_741_823L);
  }

  @Test
  void weightsUpToEnvoysLimitStay() {
    assertThat(
            weights(translate(target("10.0.0.1", "", 4_294_967_294L), target("10.0.0.2", "", 1))))
        .containsExactly(4_294_967_294L, 1L);
  }

  /** Whatever weights, and however multiplied for gateways: Envoy takes them, in proportion. */
  @Property(tries = 200)
  void envoyTakesEverySumOfWeights(
      @ForAll @Size(min = 1, max = 30) List<@LongRange(min = 1, max = 0xFFFF_FFFFL) Long> weights,
      @ForAll @LongRange(min = 1, max = 4096) long scale) {
    List<Target> targets = new ArrayList<>();
    double sum = 0;
    for (int i = 0; i < weights.size(); i++) {
      targets.add(target("10.0.0.%02d".formatted(i), "r" + i % 3, weights.get(i) * scale));
      sum += weights.get(i) * scale;
    }
    ClusterLoadAssignment assignment =
        LoadAssignments.translate(new EndpointInput("cluster", targets));

    assertThat(weights(assignment)).allMatch(weight -> weight >= 1);
    long total = weights(assignment).stream().mapToLong(Long::longValue).sum();
    assertThat(total).isLessThanOrEqualTo(0xFFFF_FFFFL);
    double factor = Math.min(1, 0xFFFF_FFFFL / sum);
    for (LocalityLbEndpoints group : assignment.getEndpointsList()) {
      long ofGroup = 0;
      for (LbEndpoint member : group.getLbEndpointsList()) {
        String address = member.getEndpoint().getAddress().getSocketAddress().getAddress();
        long weight = Integer.toUnsignedLong(member.getLoadBalancingWeight().getValue());
        double wanted =
            weights.get(Integer.parseInt(address.substring("10.0.0.".length()))) * scale * factor;
        assertThat((double) weight).isBetween(Math.floor(wanted * (1 - 1e-7)) - 1, wanted + 1);
        ofGroup += weight;
      }
      assertThat(Integer.toUnsignedLong(group.getLoadBalancingWeight().getValue()))
          .isEqualTo(ofGroup);
    }
  }

  private static List<Long> weights(ClusterLoadAssignment assignment) {
    return assignment.getEndpointsList().stream()
        .flatMap(group -> group.getLbEndpointsList().stream())
        .map(member -> Integer.toUnsignedLong(member.getLoadBalancingWeight().getValue()))
        .toList();
  }

  private static ClusterLoadAssignment translate(Target... targets) {
    return LoadAssignments.translate(new EndpointInput("cluster", List.of(targets)));
  }

  private static Target target(String address, String region, long weight) {
    return new Target(
        MeshEndpoint.builder()
            .address(address)
            .port(80)
            .servicePort(80)
            .servicePortName("http")
            .namespace("demo")
            .workloadName("vm")
            .locality(Locality.parse(region))
            .weight(weight)
            .build(),
        false);
  }
}
