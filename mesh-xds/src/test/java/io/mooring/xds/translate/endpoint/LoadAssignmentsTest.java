package io.mooring.xds.translate.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.mooring.model.Locality;
import io.mooring.service.MeshEndpoint;
import io.mooring.testkit.Row;
import io.mooring.xds.translate.endpoint.EndpointInput.Target;
import java.util.List;
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
  @Row(141)
  void sumsOfWeightsAreNoLargerThanClientsTake() {
    long huge = 4_000_000_000L;
    ClusterLoadAssignment assignment =
        translate(
            target("10.0.0.1", "", huge),
            target("10.0.0.2", "", huge),
            target("10.0.0.3", "us", huge),
            target("10.0.0.4", "eu", 1));

    assertThat(assignment.getEndpointsList()).hasSize(3);
    assertThat(
            assignment.getEndpointsList().stream()
                .map(LocalityLbEndpoints::getLoadBalancingWeight)
                .mapToLong(LoadAssignmentsTest::unsigned)
                .sum())
        .isBetween(huge / 2, 4_294_967_295L);
    for (LocalityLbEndpoints locality : assignment.getEndpointsList()) {
      assertThat(
              locality.getLbEndpointsList().stream()
                  .map(LbEndpoint::getLoadBalancingWeight)
                  .mapToLong(LoadAssignmentsTest::unsigned)
                  .sum())
          .isBetween(1L, 4_294_967_295L);
    }
  }

  private static long unsigned(UInt32Value value) {
    return Integer.toUnsignedLong(value.getValue());
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
